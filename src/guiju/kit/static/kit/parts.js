// Small behaviours of single components: copy, upload, local times, notes on law terms, choosing rows.
(() => {
  const language = document.documentElement.lang;
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const steps = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];

  const ago = (at) => {
    const seconds = (at - Date.now()) / 1000;
    const found = steps.find(([, size]) => Math.abs(seconds) >= size);
    return found ? relative.format(Math.trunc(seconds / found[1]), found[0]) : relative.format(0, "second");
  };
  const times = (scope) => {
    scope.querySelectorAll("time[data-local]").forEach((element) => {
      const at = new Date(element.dateTime);
      if (element.dataset.local === "relative") {
        element.textContent = ago(at);
        element.title = moment.format(at);
      } else element.textContent = (element.dataset.local === "date" ? day : moment).format(at);
    });
  };

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copyFrom);
    await navigator.clipboard.writeText(source ? source.textContent : button.dataset.copy);
    const label = button.getAttribute("aria-label");
    button.classList.add("gj-done");
    button.setAttribute("aria-label", button.dataset.copied);
    button.title = button.dataset.copied;
    setTimeout(() => {
      button.classList.remove("gj-done");
      button.setAttribute("aria-label", label);
      button.title = label;
    }, 1600);
  };

  const uploads = (scope) => {
    scope.querySelectorAll("[data-upload]:not(.gj-ready)").forEach((zone) => {
      const input = zone.querySelector("input[type=file]");
      zone.classList.add("gj-ready");
      for (const name of ["dragenter", "dragover"]) {
        zone.addEventListener(name, (event) => {
          event.preventDefault();
          zone.classList.add("gj-over");
        });
      }
      zone.addEventListener("dragleave", () => zone.classList.remove("gj-over"));
      zone.addEventListener("drop", (event) => {
        event.preventDefault();
        zone.classList.remove("gj-over");
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
    });
  };

  const picks = (form) => {
    const chosen = form.querySelectorAll(".gj-pick:checked").length;
    const bar = form.querySelector(".gj-bulk");
    if (!bar) return;
    bar.hidden = chosen === 0;
    bar.querySelector("[data-chosen]").textContent = String(chosen);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
  document.addEventListener("keydown", (event) => {
    const note = event.key === "Escape" && (event.target.closest(".gj-law") || document.querySelector(".gj-law:hover"));
    if (note) note.classList.add("gj-shut");
  });
  for (const name of ["focusin", "mouseover"]) {
    document.addEventListener(name, (event) => {
      document.querySelectorAll(".gj-shut").forEach((note) => {
        if (!note.contains(event.target)) note.classList.remove("gj-shut");
      });
    });
  }
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-picks]");
    if (!form) return;
    if (event.target.matches(".gj-pick-all")) {
      form.querySelectorAll(".gj-pick").forEach((box) => {
        box.checked = event.target.checked;
      });
    }
    picks(form);
  });

  const refresh = (scope) => {
    times(scope);
    uploads(scope);
    scope.querySelectorAll("[data-picks]").forEach(picks);
  };
  refresh(document);
  document.addEventListener("htmx:load", (event) => refresh(event.target.parentNode ?? document));
  setInterval(() => times(document), 30000);
})();
