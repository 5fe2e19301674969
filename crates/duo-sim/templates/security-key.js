// Asks the security key what the page asks, and sends its answer with the form.
"use strict";

const form = document.getElementById("security-key");

const bytes = (text) => {
  const signs = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(signs, (sign) => sign.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (credentials) => credentials.map((known) => ({ ...known, id: bytes(known.id) }));

const add = async (options) => {
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, user, challenge: bytes(options.challenge) };
  const { response } = await navigator.credentials.create({ publicKey });
  return {
    client_data: text(response.clientDataJSON),
    attestation_object: text(response.attestationObject),
  };
};

const use = async (options) => {
  const allowCredentials = withBytes(options.allowCredentials);
  const publicKey = { ...options, allowCredentials, challenge: bytes(options.challenge) };
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  return {
    credential_id: text(rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    user_handle: response.userHandle ? text(response.userHandle) : "",
  };
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = document.getElementById("security-key-problem");
  try {
    const options = JSON.parse(form.dataset.options);
    const answer = await (form.dataset.ceremony === "add" ? add : use)(options);
    for (const [name, value] of Object.entries(answer)) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      form.append(field);
    }
    form.submit();
  } catch (error) {
    problem.textContent = `The security key was not used: ${error.message}`;
    problem.hidden = false;
  }
});
