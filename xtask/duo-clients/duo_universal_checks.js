// Duo's `@duosecurity/duo_universal` for Node.js: the Universal Prompt of the simulator.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const https = require("node:https");
const { pathToFileURL } = require("node:url");

// Node.js 18, which Debian 12 has, keeps it from programs that do not ask.
globalThis.crypto ??= require("node:crypto").webcrypto;

// Its module, and not what `require` gives: that needs a newer one.
const entry = require.resolve("@duosecurity/duo_universal").replace(/\.js$/, ".mjs");

const SETTINGS = JSON.parse(process.env.DUO_SIM);
const CALLBACK = "https://clinic.example/duo/callback";
const agent = new https.Agent({ ca: fs.readFileSync(SETTINGS.ca) });

let Client;

const client = (changed = {}) => {
  const [clientId, clientSecret] = SETTINGS.prompt.split(" ");
  const apiHost = `localhost:${SETTINGS.port}`;
  const made = new Client({ clientId, clientSecret, apiHost, redirectUrl: CALLBACK, ...changed });
  // This version has no option for it: it pins Duo's own authorities.
  if (!changed.pinned) made.axios.defaults.httpsAgent = agent;
  return made;
};

let duo;

const get = (address) =>
  new Promise((resolve, reject) => {
    https.get(address, { agent }, (reply) => resolve(reply.resume())).on("error", reject);
  });

// A browser of a person who is let in at the door: the query that it brings back.
const visit = async (address) => {
  const { headers } = await get(address);
  assert.ok(headers.location.startsWith(CALLBACK), headers.location);
  return new URL(headers.location).searchParams;
};

const fault = async (what) => {
  const body = JSON.stringify({ path: "/oauth/v1/token", times: 1, fault: what });
  const reply = await fetch(`${SETTINGS.phones}fault`, { method: "POST", body });
  assert.equal(reply.status, 200);
};

const signIn = async (made = duo, attribute = "duo_code") => {
  const state = made.generateState();
  const back = await visit(await made.createAuthUrl("bypass", state));
  assert.equal(back.get("state"), state);
  return back.get(attribute);
};

const exchange = (code, user = "bypass", nonce = undefined) =>
  duo.exchangeAuthorizationCodeFor2FAResult(code, user, nonce);

const checks = {
  async health_check() {
    assert.equal((await duo.healthCheck()).stat, "OK");
    await assert.rejects(client({ clientSecret: "x".repeat(40) }).healthCheck(), /invalid_client/i);
  },

  async certificate() {
    await assert.rejects(client({ pinned: true }).healthCheck());
  },

  async exchange() {
    const token = await exchange(await signIn());
    assert.equal(token.preferred_username, "bypass");
    assert.equal(token.auth_result.result, "allow");
    assert.equal(token.auth_context.result, "success");
  },

  async code_attribute() {
    const code = await signIn(client({ useDuoCodeAttribute: false }), "code");
    assert.equal((await exchange(code)).preferred_username, "bypass");
  },

  async nonce() {
    const nonce = "n".repeat(36);
    // This version cannot ask for one, and a token has the one that was asked for.
    await assert.rejects(exchange(await signIn(), "bypass", nonce), /nonce/i);
    const code = await signIn();
    await fault({ kind: "claim", pointer: "/nonce", value: nonce });
    assert.equal((await exchange(code, "bypass", nonce)).nonce, nonce);
  },

  async replay() {
    const code = await signIn();
    await exchange(code);
    await assert.rejects(exchange(code), /invalid_grant/i);
  },

  async mutations() {
    const claim = (pointer, value) => ({ kind: "claim", pointer, value });
    for (const what of [
      claim("/iss", "https://evil.example"),
      claim("/aud", "DIEVIL"),
      claim("/exp", 1_600_000_000),
      claim("/preferred_username", "alice"),
      { kind: "algorithm", name: "none" },
      { kind: "algorithm", name: "HS256" },
      { kind: "key" },
      { kind: "rate_limited" },
      { kind: "status", status: 503 },
    ]) {
      const code = await signIn();
      await fault(what);
      await assert.rejects(exchange(code), JSON.stringify(what));
    }
    await exchange(await signIn());
  },
};

(async () => {
  ({ Client } = await import(pathToFileURL(entry)));
  duo = client();
  for (const [name, check] of Object.entries(checks)) {
    await check();
    console.log(`ok ${name}`);
  }
})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
