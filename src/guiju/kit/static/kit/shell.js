// Keyboard shortcuts, dialogs, menus and toasts of the frame.
(() => {
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const opened = () => document.querySelector("dialog[open]");

  const open = (id) => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    opened()?.close();
    dialog.showModal();
    dialog.dispatchEvent(new Event("guiju:open"));
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) open(opener.dataset.opens);
    if (event.target.closest("[data-closes]") || event.target === opened()) opened()?.close();
    document.querySelectorAll("details.gj-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    const close = event.target.closest(".gj-toast-close");
    if (close) close.closest("[data-toast]").remove();
  });

  const step = (event, menu) => {
    const items = [...menu.querySelectorAll(".gj-menu-item")];
    const at = items.indexOf(document.activeElement);
    const next = event.key === "ArrowDown" ? at + 1 : at - 1;
    items[(next + items.length) % items.length]?.focus();
    event.preventDefault();
  };

  const inMenu = (event) => {
    const menu = event.target.closest("details.gj-menu[open]");
    if (!menu) return false;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
      return true;
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing(event.target)) {
      step(event, menu);
      return true;
    }
    return false;
  };

  let going = 0;
  const go = (key) => document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();

  document.addEventListener("keydown", (event) => {
    if (inMenu(event)) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open("palette");
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || opened()) return;
    if (Date.now() - going < 1200) {
      going = 0;
      go(event.key);
      return;
    }
    if (event.key === "g") going = Date.now();
    else if (event.key === "/") {
      const search = document.getElementById("global-search");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === "?") open("shortcuts");
    else if (event.key.length === 1) document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  });

  const toasts = () => document.getElementById("toasts");
  const fade = (toast) => {
    if (!toast.matches(".gj-tone-error, .gj-tone-danger") && !toast.querySelector("a")) setTimeout(() => toast.remove(), 7000);
  };
  const say = (kind, text) => {
    const toast = document.createElement("div");
    toast.className = `gj-toast gj-tone-${kind}`;
    toast.dataset.toast = "";
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "gj-toast-close";
    close.setAttribute("aria-label", toasts().dataset.close);
    close.textContent = "×";
    toast.append(words, close);
    toasts().append(toast);
    fade(toast);
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-toast]").forEach(fade));
  document.addEventListener("toast", (event) => say(event.detail.kind, event.detail.text));
  const failed = (event) => {
    const told = event.detail.xhr?.getResponseHeader("HX-Trigger")?.includes("toast");
    if (!told) say("danger", toasts().dataset.failed);
  };
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
})();
