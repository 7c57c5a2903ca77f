// The slip of a report is printed by a button, where scripts run.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => window.print());
