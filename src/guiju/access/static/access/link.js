// The secret of a sign-in link stands behind the #: browsers send that part to nobody, so no log and no Referer can
// hold it. Here it goes into the form; without scripts people paste it themselves.
(() => {
  const field = document.getElementById("id_code");
  const take = () => {
    const secret = window.location.hash.slice(1);
    if (!field || !secret) return;
    field.value = secret;
    field.closest(".gj-field").hidden = true;
  };
  window.addEventListener("hashchange", take);
  // Browsers carry what stands behind the # along to the next page: it has no business there.
  field?.form?.addEventListener("submit", () => window.history.replaceState(null, "", window.location.pathname));
  take();
})();
