// Goes through the portal's question about cookies with Chromium, scripts switched off, and records
// each phase as HAR by Playwright. In a last one, with scripts, axe-core judges pages.
//     node script.mjs URL PASSWORD FOLDER
// Prints the names of the cookies after each phase, and what was not as expected.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.cwd() + "/"));
const { chromium } = require("playwright-core");
const [url, password, folder] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const wrong = [];
const expect = (holds, what) => holds || wrong.push(what);
const cookies = {};

// Does a phase in a browser of its own.
const phase = async (name, walk, more = {}) => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    recordHar: { path: `${folder}/${name}.har`, mode: "full" },
    ...more,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const visit = (path) => page.goto(url + path);
  await walk({ page, visit, count: (selector) => page.locator(selector).count() });
  cookies[name] = (await context.cookies()).map((cookie) => cookie.name).sort();
  await context.close();
};

// As it is shown on a desk, on a small phone, and on a dark one.
const keep = async (page, name) => {
  for (const [suffix, width, colorScheme] of [["", 1000, "light"], ["-320", 320, "light"], ["-320-dark", 320, "dark"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${folder}/${name}${suffix}.png`, fullPage: true });
    const wide = await page.evaluate("document.documentElement.scrollWidth");
    expect(wide <= width, `${name} is ${wide} pixels wide of ${width}`);
  }
  await page.setViewportSize({ width: 1000, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
};

const advert = "__Host-demo-ad";
const has = async (page, name) => (await page.context().cookies()).some((cookie) => cookie.name === name);
const question = "section.question";
const tag = "img[src='/dev/advert.svg']";
const answer = (page, choice) => page.click(`${question} button[value=${choice}]`);
const give = async (page, user) => {
  await page.fill("#email", user);
  await page.fill("#password", password);
  await page.click("form[action='/login'] button");
};

await phase("first", async ({ page, visit, count }) => {
  await visit("/login");
  await keep(page, "question");
  expect((await count(question)) === 1, "nobody is asked");
  expect((await count(tag)) === 0, "there is an advertisement before consent");
  const sizes = await Promise.all(
    ["accept", "reject"].map((choice) => page.locator(`${question} button[value=${choice}]`).boundingBox()),
  );
  expect(sizes[0].width === sizes[1].width && sizes[0].height === sizes[1].height, "one answer is larger");
  // By the keyboard alone, on a page that puts it into no field: the answers come before anything
  // else but the way past them.
  await visit("/cookies");
  const reached = [];
  for (let presses = 0; presses < 5; presses += 1) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate("document.activeElement.value || document.activeElement.getAttribute('href')"));
  }
  expect(JSON.stringify(reached) === JSON.stringify(["#main", "/cookies", "accept", "reject", "/cookies/preferences"]), `the keyboard reaches ${reached}`);
  await visit("/login");
  await page.click("button[name=language][value=en-GB]");
  await give(page, "alex@example.com");
  await page.waitForURL("**/account/security");
  expect((await count(question)) === 1, "who signed in is not asked");
  await page.click("form[action='/logout'] button");
  await give(page, "jo@example.com");
  await page.waitForURL("**/login/**");
  await page.click("form[action='/login/cancel'] button");
  for (const path of ["/cookies", "/cookies/opt-out"]) await visit(path);
});

await phase("refused", async ({ page, visit, count }) => {
  await visit("/login");
  await answer(page, "reject");
  await page.waitForURL("**/login");
  expect((await count(question)) === 0, "a refusal is asked about again");
  expect((await count(tag)) === 0, "there is an advertisement after a refusal");
  for (const path of ["/cookies", "/cookies/preferences", "/password/forgot"]) await visit(path);
  await keep(page, "refused");
});

const moments = {};
await phase("accepted", async ({ page, visit, count }) => {
  await visit("/cookies/preferences");
  await keep(page, "preferences");
  await visit("/login");
  moments.accepted = new Date().toISOString();
  await answer(page, "accept");
  await page.waitForURL("**/login");
  await page.waitForLoadState("networkidle");
  expect((await count(tag)) === 1, "there is no advertisement after consent");
  expect((await has(page, advert)), "the advertisement does not recognise the browser");
  await keep(page, "accepted");
  await visit("/cookies");
  await keep(page, "policy");
  await visit("/cookies/opt-out");
  await keep(page, "opt-out");
  await page.click("form:has(input[value='/cookies/opt-out']) button");
  await page.waitForURL("**/cookies/opt-out?done");
  moments.withdrawn = new Date().toISOString();
  expect(!(await has(page, advert)), "the advertiser's cookie is left");
  await visit("/login");
  expect((await count(tag)) === 0, "there is an advertisement after withdrawal");
});

await phase("signal", async ({ page, visit, count }) => {
  await visit("/login");
  expect((await count(question)) === 0, "somebody is asked what the signal has answered");
  await visit("/cookies/preferences");
  await keep(page, "signal");
}, { extraHTTPHeaders: { "sec-gpc": "1" } });

await phase("german", async ({ page, visit }) => {
  await visit("/login");
  await keep(page, "german");
}, { locale: "de-DE" });

// WCAG 2.2 at levels A and AA, as on a desk and on a small dark phone.
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const judged = [];
await phase("judged", async ({ page, visit }) => {
  const judge = async (path) => {
    await visit(path);
    // A page that leads elsewhere is not the one that is judged.
    const landed = new URL(page.url()).pathname;
    expect(landed === path, `${path} leads to ${landed}`);
    for (const [width, colorScheme] of [[1000, "light"], [320, "dark"]]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const { passes, violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), tags);
      expect(passes.length > 0, `axe-core looked at nothing of ${path}`);
      for (const { id, nodes } of violations) wrong.push(`${path} (${colorScheme}): ${id} at ${nodes[0].target}`);
    }
    judged.push(path);
  };
  // The path of a link in an e-mail, once that was sent.
  const linkIn = async (what) => {
    for (let tries = 0; tries < 100; tries += 1) {
      await visit("/dev/outbox");
      const found = (await page.textContent("main")).match(new RegExp(`/privacy/request/${what}/[0-9a-f]{64}`));
      if (found) return found[0];
      await page.waitForTimeout(100);
    }
    throw new Error(`no e-mail has a link to ${what}`);
  };
  for (const path of ["/login", "/cookies", "/cookies/preferences", "/cookies/opt-out", "/password/forgot", "/nothing"]) await judge(path);
  await judge("/privacy/request");
  await page.check("#ask-access");
  await page.fill("#name", "Jo Public");
  await page.fill("#email", "jo@example.org");
  await page.click("form[action='/privacy/request'] button");
  await judge(await linkIn("confirm"));
  await page.click("form[action^='/privacy/request/confirm/'] button");
  await judge(await linkIn("state"));
  await visit("/login");
  await give(page, "alex@example.com");
  await page.waitForURL("**/account/security");
  for (const path of ["", "/security", "/data", "/data/export", "/consents", "/consents/history"]) await judge(`/account${path}`);
  for (const path of ["/requests", "/reauth", "/dev/outbox"]) await judge(path);
}, { javaScriptEnabled: true });

await browser.close();
console.log(JSON.stringify({ cookies, judged, moments, wrong }));
