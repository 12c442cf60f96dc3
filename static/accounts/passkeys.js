"use strict";

// A form with data-passkey="create", "get" or "sign_in" asks the server for options, the browser for an
// answer, and is then sent with it in the field marked data-passkey-answer.
(() => {
  const CEREMONIES = { create: "registration", get: "authentication", sign_in: "sign_in" };
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const ids = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const create = async (options) => {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: ids(options.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    const { response } = made;
    return {
      ...common(made),
      response: {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        transports: response.getTransports ? response.getTransports() : [],
      },
    };
  };

  const get = async (options) => {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: ids(options.allowCredentials),
    };
    const used = await navigator.credentials.get({ publicKey });
    const { response } = used;
    return {
      ...common(used),
      response: {
        clientDataJSON: text(response.clientDataJSON),
        authenticatorData: text(response.authenticatorData),
        signature: text(response.signature),
        userHandle: response.userHandle ? text(response.userHandle) : null,
      },
    };
  };

  const common = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  const options = async (form, ceremony) => {
    const answer = await fetch(form.dataset.options, {
      method: "POST",
      body: new URLSearchParams({
        csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
        ceremony,
      }),
    });
    if (!answer.ok) throw new DOMException("", answer.status === 429 ? "TooMany" : "Ended");
    return answer.json();
  };

  const say = (form, name) => {
    const line = form.querySelector("[data-passkey-said]");
    line.textContent = form.dataset[`said${name}`] || form.dataset.saidOther;
    line.hidden = false;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      if (!window.PublicKeyCredential) return say(form, "Missing");
      const button = form.querySelector("button");
      button.disabled = true;
      try {
        const making = form.dataset.passkey === "create";
        const asked = await options(form, CEREMONIES[form.dataset.passkey]);
        const answer = await (making ? create(asked) : get(asked));
        form.querySelector("[data-passkey-answer]").value = JSON.stringify(answer);
        form.submit();
      } catch (error) {
        say(form, { InvalidStateError: "Known", Ended: "Ended", TooMany: "TooMany" }[error.name]);
        button.disabled = false;
      }
      return undefined;
    });
  }
})();
