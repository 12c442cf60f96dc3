"use strict";

// The secret of an invitation stands behind the address's #, which browsers do not send. It is put
// into the form and taken out of the address, so that it stays in no history.
(() => {
  const field = document.querySelector("input[data-link]");
  const secret = location.hash.slice(1);
  if (!field || !secret) return;
  field.value = secret;
  history.replaceState(null, "", location.pathname + location.search);
  field.closest("[data-link-field]").hidden = true;
  const password = document.querySelector("input[name=password]");
  if (password) password.focus();
})();
