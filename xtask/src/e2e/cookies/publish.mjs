// Looks at what `cookie-audit render` made, with Chromium, axe-core, marked and two banners.
//     node script.mjs FOLDER KLARO ALBUM
// Prints what there is to see, as JSON. Nothing leaves the machine: every request is answered here.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.cwd() + "/"));
const { chromium } = require("playwright-core");
const { marked } = require("marked");
const [folder, klaro, album] = process.argv.slice(2);
const read = (name) => readFileSync(join(folder, name), "utf8");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const consentFile = (name) => readFileSync(`node_modules/vanilla-cookieconsent/dist/${name}`, "utf8");

const frame = (head, body) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>${head}</head><body>${body}</body></html>`;
const withConsent = (config) =>
  frame(
    `<style>${consentFile("cookieconsent.css")}</style>`,
    `<main><h1>Page</h1></main><script>${consentFile("cookieconsent.umd.js")}</script>
     <script>${read(config)}</script><script>CookieConsent.run(cookieConsentConfig);</script>`,
  );
const withKlaro = (config) =>
  frame(
    `<style>${readFileSync(join(klaro, "dist/klaro.css"), "utf8")}</style>`,
    `<main><h1>Page</h1></main><script>${read(config)}</script><script>${readFileSync(join(klaro, "dist/klaro-no-css.js"), "utf8")}</script>`,
  );
const pages = {
  "/clinic": () => read("clinic.html"),
  "/fragment": () => frame("", `<main><h1>Our page</h1>${read("clinic.fragment.html")}</main>`),
  "/broken": () => "<!doctype html><title>x</title><img src=x><table><tr><td>x</table>",
  "/hostile": () => read("hostile.html"),
  "/markdown": () => frame("", `<main>${marked.parse(read("hostile.md"), { gfm: true })}</main>`),
  "/cookieconsent": () => withConsent("clinic.cookieconsent.js"),
  "/cookieconsent-hostile": () => withConsent("hostile.cookieconsent.js"),
  "/klaro": () => withKlaro("clinic.klaro.js"),
  "/klaro-hostile": () => withKlaro("hostile.klaro.js"),
};

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});

async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 }, ...options });
  await context.addInitScript("window.harmed = 0; window.harm = () => { window.harmed += 1; };");
  await context.route("**/*", (route) => {
    const page = pages[new URL(route.request().url()).pathname];
    if (!page) return route.fulfill({ status: 404, body: "" });
    return route.fulfill({ contentType: "text/html; charset=utf-8", body: page() });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`https://www.clinic.example${path}`);
  return page;
}

async function inspect(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations, passes } = await window.axe.run(document, { runOnly: tags });
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    return { found, passes: passes.length };
  });
}

const seen = { axe: {}, hostile: {}, banners: {} };
for (const [name, path, options] of [
  ["page", "/clinic", {}],
  ["dark page", "/clinic", { colorScheme: "dark" }],
  ["small page", "/clinic", { viewport: { width: 320, height: 640 } }],
  ["hostile small page", "/hostile", { viewport: { width: 320, height: 640 } }],
  ["fragment", "/fragment", {}],
  ["broken page", "/broken", {}],
]) {
  const page = await open(path, options);
  const width = await page.evaluate("document.documentElement.scrollWidth");
  const file = join(album, `cookies-${name.replaceAll(" ", "-")}.png`);
  await page.screenshot({ path: file, fullPage: true });
  seen.axe[name] = { width, ...(await inspect(page)) };
  await page.context().close();
}

for (const path of ["/hostile", "/markdown"]) {
  const page = await open(path);
  seen.hostile[path] = await page.evaluate(() => {
    const main = document.querySelector("main");
    const names = [...main.querySelectorAll("h3")].map((heading) => heading.textContent.trim());
    const foreign = "script, img, svg, details, h1 ~ h1, iframe, [onload], [onerror], [onfocus], [onmouseover]";
    const links = [...main.querySelectorAll("a")].map((link) => link.href);
    return {
      harmed: window.harmed,
      foreign: main.querySelectorAll(foreign).length,
      names,
      links: [...new Set(links.map((link) => link.split("#")[0]))].sort(),
      columns: [...new Set([...main.querySelectorAll("tr")].map((row) => row.children.length))].sort(),
    };
  });
  await page.context().close();
}

const cookies = async (page) => (await page.context().cookies()).map(({ name }) => name).sort();
const plant = (page) =>
  page.context().addCookies(
    ["visits", "__adroll_fpc", "__Host-session"].map((name) => ({
      name, value: "1", url: "https://www.clinic.example/", secure: true,
      ...(name === "__adroll_fpc" ? { url: undefined, domain: ".clinic.example", path: "/" } : {}),
    })),
  );

{
  const page = await open("/cookieconsent");
  const button = (role) => page.locator(`#cc-main [data-role="${role}"]`).first();
  await button("necessary").waitFor();
  const style = (role) =>
    button(role).evaluate((it) => {
      const { backgroundColor, color, fontSize, fontWeight } = getComputedStyle(it);
      return [it.textContent.trim(), it.getBoundingClientRect().height, backgroundColor, color, fontSize, fontWeight];
    });
  const [accept, reject] = [await style("all"), await style("necessary")];
  await page.screenshot({ path: join(album, "cookies-cookieconsent.png") });
  const before = await cookies(page);
  await button("all").click();
  await plant(page);
  await page.evaluate(() => CookieConsent.showPreferences());
  const tables = await page.locator("#cc-main table").count();
  await page.evaluate(() => CookieConsent.acceptCategory([]));
  seen.banners.cookieconsent = {
    texts: [accept[0], reject[0]],
    same: JSON.stringify(accept.slice(1)) === JSON.stringify(reject.slice(1)),
    before,
    after: await cookies(page),
    tables,
    harmed: await page.evaluate("window.harmed"),
  };
  await page.context().close();
}
{
  const page = await open("/cookieconsent-hostile");
  await page.locator('#cc-main [data-role="show"]').first().click();
  await page.locator("#cc-main .pm").waitFor();
  seen.banners["cookieconsent hostile"] = {
    harmed: await page.evaluate("window.harmed"),
    foreign: await page.locator("#cc-main img, #cc-main script").count(),
  };
  await page.context().close();
}
{
  const page = await open("/klaro");
  await page.locator("#klaro .cm-btn-danger").first().waitFor();
  await page.screenshot({ path: join(album, "cookies-klaro.png") });
  const buttons = await page.locator("#klaro .cn-buttons button").allTextContents();
  const before = await cookies(page);
  await page.locator("#klaro .cm-btn-success").first().click();
  await plant(page);
  await page.evaluate(() => {
    const manager = klaro.getManager();
    manager.changeAll(false);
    manager.saveAndApplyConsents();
  });
  const consents = await page.evaluate(() => klaro.getManager().consents);
  seen.banners.klaro = {
    texts: buttons,
    before,
    after: await cookies(page),
    granted: Object.keys(consents).filter((name) => consents[name]).sort(),
    harmed: await page.evaluate("window.harmed"),
  };
  await page.context().close();
}
{
  const page = await open("/klaro-hostile");
  await page.locator("#klaro .cn-learn-more").first().click();
  await page.locator("#klaro .cookie-modal").first().waitFor();
  seen.banners["klaro hostile"] = {
    harmed: await page.evaluate("window.harmed"),
    foreign: await page.locator("#klaro img, #klaro script").count(),
  };
  await page.context().close();
}

await browser.close();
console.log(JSON.stringify(seen));
