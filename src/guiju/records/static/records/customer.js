// A customer's page: reveal for a while, ask for a reason, say why, and the key r.
(() => {
  const masked = new Map();
  const dialog = (id) => document.getElementById(id);
  const show = (id) => {
    if (!dialog(id).open) dialog(id).showModal();
  };
  const say = (kind, label) => {
    const status = dialog("revealed-now");
    if (status) status.textContent = `${status.dataset[kind]} ${label}`;
  };

  const hide = (element) => {
    const before = masked.get(element.id);
    if (!before || !element.isConnected) return;
    const held = element.contains(document.activeElement);
    say("again", element.querySelector("dt").textContent);
    element.outerHTML = before;
    const fresh = dialog(element.id);
    window.htmx.process(fresh);
    if (held) fresh.querySelector("[data-reveal]")?.focus();
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (target?.matches?.(".gj-value-masked")) masked.set(target.id, target.outerHTML);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const element = event.detail.elt;
    if (!element.matches?.("[data-revealed]")) return;
    document.querySelector("#ask[open]")?.close();
    say("words", element.querySelector("dt").textContent);
    element.tabIndex = -1;
    element.focus();
    setTimeout(() => hide(element), Number(element.dataset.revealed) * 1000);
  });
  document.addEventListener("records:ask", () => {
    show("ask");
    document.querySelector("#ask-body input[type=radio]")?.focus();
  });

  // A page that shows a value revealed without scripts' help hides it by loading itself again.
  const shown = document.querySelector(".gj-value[data-revealed]");
  if (shown) setTimeout(() => window.location.replace(window.location.href.replace(/reveal\/[^/]+\/$/, "")), Number(shown.dataset.revealed) * 1000);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-customer] :is(a.gj-why:not(.gj-edit), a.rec-ask)");
    if (!link || event.ctrlKey || event.metaKey || !window.htmx) return;
    event.preventDefault();
    window.htmx.ajax("GET", link.getAttribute("href"), { target: "#why-body", swap: "innerHTML" }).then(() => show("why"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "r" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select") || document.querySelector("dialog[open]")) return;
    document.querySelector("[data-customer] [data-reveal]")?.click();
  });
})();
