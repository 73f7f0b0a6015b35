// Before the first paint: the theme that the user has chosen (frontend/src/theme.ts keeps it), else the system's.
document.documentElement.dataset.theme = localStorage.getItem(`${document.documentElement.dataset.root}theme`) ?? "system";
