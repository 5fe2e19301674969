// Decodes TC strings with the IAB's library: to each line of a string and a number, answers how many
// nanoseconds so many decodings took, and how many vendors are consented to.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Looked up from where the program is run: packages are installed there.
const require = createRequire(pathToFileURL(process.cwd() + "/"));
const { TCString } = require("@iabtechlabtcf/core");

for await (const line of createInterface({ input: process.stdin })) {
  const [string, times] = line.split(" ");
  let model;
  const start = process.hrtime.bigint();
  for (let count = 0; count < Number(times); count += 1) model = TCString.decode(string);
  const took = process.hrtime.bigint() - start;
  process.stdout.write(`${took} ${model.vendorConsents.size}\n`);
}
