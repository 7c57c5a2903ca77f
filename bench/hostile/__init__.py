"""Pictures made to harm, through the very steps that the service takes them by."""
