// Writes consent_strings.json: GPP strings encoded, and TC strings decoded, by the IAB's own
// libraries (npm @iabgpp/cmpapi 3.2.0, @iabtechlabtcf/core 1.5.21), which must be installed.
//
//     node consent_strings.mjs < tc_strings.txt > consent_strings.json
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Looked up from where the program is run.
const require = createRequire(pathToFileURL(process.cwd() + "/"));
const { GppModel } = require("@iabgpp/cmpapi");
const { TCString } = require("@iabtechlabtcf/core");

let state = 20261124;
const random = (below) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 16) % below;
};

const STATES = "usnat usca usva usco usut usct usfl usmt usor ustx usde usia usne usnh usnj ustn usmn usmd usin usky usri";

function section(name) {
  const model = new GppModel();
  const empty = new GppModel();
  empty.setFieldValue(name, "SaleOptOut", 0);
  const fields = empty.getSection(name);
  for (const [field, value] of Object.entries(fields)) {
    if (field === "Version" || field === "MspaVersion" || field === "GpcSegmentType") continue;
    if (typeof value === "boolean") model.setFieldValue(name, field, random(2) === 1);
    else if (Array.isArray(value)) model.setFieldValue(name, field, value.map(() => random(3)));
    else model.setFieldValue(name, field, field === "MspaCoveredTransaction" ? 1 + random(2) : random(3));
  }
  const string = model.encode();
  // As read back, so that defaults of segments that are left out do not count.
  return { string, section: name, fields: new GppModel(string).getSection(name) };
}

const ids = (vector) => [...vector].filter(([, set]) => set).map(([id]) => id);
function tc(string) {
  const model = TCString.decode(string);
  return {
    string,
    created: model.created.getTime() / 100,
    updated: model.lastUpdated.getTime() / 100,
    cmp_id: model.cmpId,
    cmp_version: model.cmpVersion,
    consent_screen: model.consentScreen,
    language: model.consentLanguage,
    vendor_list_version: model.vendorListVersion,
    policy_version: model.policyVersion,
    is_service_specific: model.isServiceSpecific,
    uses_non_standard_texts: model.useNonStandardTexts,
    special_feature_opt_ins: ids(model.specialFeatureOptins),
    purposes_consent: ids(model.purposeConsents),
    purposes_interest: ids(model.purposeLegitimateInterests),
    purpose_one_treatment: model.purposeOneTreatment,
    publisher_country: model.publisherCountryCode,
    vendor_consents: ids(model.vendorConsents),
    vendor_interests: ids(model.vendorLegitimateInterests),
    restrictions: model.publisherRestrictions.getRestrictions().map((r) => [r.purposeId, r.restrictionType]),
    disclosed: string.includes(".") ? ids(model.vendorsDisclosed) : [],
    allowed: ids(model.vendorsAllowed),
    publisher_consents: ids(model.publisherConsents),
    publisher_interests: ids(model.publisherLegitimateInterests),
    custom_purposes: model.numCustomPurposes,
    custom_consents: ids(model.publisherCustomConsents),
  };
}

const gpp = STATES.split(" ").flatMap((name) => Array.from({ length: 6 }, () => section(name)));
const strings = readFileSync(0, "utf8").split("\n").filter((line) => line !== "");
const lines = (list) => list.map((item) => "    " + JSON.stringify(item)).join(",\n");
const source = "npm @iabgpp/cmpapi 3.2.0 and @iabtechlabtcf/core 1.5.21, by consent_strings.mjs";
console.log(`{\n  "source": "${source}",\n  "gpp": [\n${lines(gpp)}\n  ],\n  "tc": [\n${lines(strings.map(tc))}\n  ]\n}`);
