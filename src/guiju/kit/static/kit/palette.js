// The command palette: the server lists pages, actions and customers; the arrow keys choose, Enter goes.
(() => {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = document.getElementById("palette-input");
  const results = document.getElementById("palette-results");
  const options = () => [...results.querySelectorAll('[role="option"]')];

  const choose = (option) => {
    options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const chosen = () => results.querySelector('[aria-selected="true"]');

  dialog.addEventListener("guiju:open", () => {
    input.value = "";
    input.focus();
    input.dispatchEvent(new Event("palette-open"));
  });
  results.addEventListener("htmx:afterSwap", () => choose(options()[0]));
  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
    else if (event.key === "Enter") chosen()?.click();
    else return;
    event.preventDefault();
  });
})();
