"""When and how often: RQ workers and the clock. What is done stays in reports_service."""
