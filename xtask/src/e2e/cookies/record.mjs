// Visits a page with Chromium, accepts, takes it back, and records it as HAR by Playwright.
//     node script.mjs URL FILE
// Prints when the two buttons were pressed.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.cwd() + "/"));
const { chromium } = require("playwright-core");
const [url, file] = process.argv.slice(2);

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const context = await browser.newContext({ recordHar: { path: file, mode: "full" } });
const page = await context.newPage();
page.setDefaultTimeout(120_000);
const answered = (path) => page.waitForResponse((response) => new URL(response.url()).pathname === path);
const press = async (button, path) => {
  const answer = answered(path);
  const moment = new Date().toISOString();
  await page.click(button);
  await answer;
  return moment;
};

const pixel = answered("/pixel.gif");
await page.goto(url);
await pixel;
const accepted = await press("#accept", "/accepted");
const withdrawn = await press("#withdraw", "/last");
await context.close();
await browser.close();
console.log(JSON.stringify({ accepted, withdrawn }));
