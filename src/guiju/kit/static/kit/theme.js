// Runs before the first paint: the stored choice of colours; without one the device decides (color-scheme: light dark).
(() => {
  const key = "guiju-theme";
  const root = document.documentElement;
  const stored = () => {
    try {
      return localStorage.getItem(key) || "auto";
    } catch {
      return "auto";
    }
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const choice = stored();
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    document.querySelectorAll("[data-theme-choice]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    });
    document.querySelectorAll("[data-themes]").forEach((group) => group.classList.add("gj-ready"));
    document.dispatchEvent(new Event("guiju:theme"));
  };
  show();
  dark.addEventListener("change", show);
  window.addEventListener("storage", show);
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem(key, button.dataset.themeChoice);
    } catch {
      root.dataset.bsTheme = button.dataset.themeChoice;
      return;
    }
    show();
  });
})();
