// The choice of light or dark, kept in this browser. Without scripts the system's choice applies.
(() => {
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem("vrom-theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("vrom-theme", theme); } catch { /* not allowed here */ } };
  if (["light", "dark"].includes(stored())) root.dataset.theme = stored();
  root.classList.add("scripted");
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-toggle]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = isDark ? "light" : "dark";
      keep(root.dataset.theme);
    });
  });
})();
