// Answers questions, one line of JSON to each line of JSON on standard input, with other people's
// implementations: tough-cookie, the IAB's libraries for TCF and GPP, and the schema of SARIF.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Looked up from where the program is run: packages are installed there.
const require = createRequire(pathToFileURL(process.cwd() + "/"));
const { CookieJar } = require("tough-cookie");
const { GppModel } = require("@iabgpp/cmpapi");
const { TCString, TCModel, GVL } = require("@iabtechlabtcf/core");
const Ajv = require("ajv");

const ids = (vector) => [...vector].filter(([, set]) => set).map(([id]) => id);

function cookie({ header, url }) {
  const jar = new CookieJar(undefined, {
    prefixSecurity: "strict",
    rejectPublicSuffixes: true,
    looseMode: true,
    allowSpecialUseDomain: true,
  });
  const cookie = jar.setCookieSync(header, url, { http: true });
  if (!cookie) return null;
  const expires = cookie.expires instanceof Date ? Math.floor(cookie.expires.getTime() / 1000) : null;
  return {
    name: cookie.key,
    value: cookie.value,
    domain: cookie.domain,
    host_only: cookie.hostOnly === true,
    path: cookie.path,
    expires,
    max_age: typeof cookie.maxAge === "number" ? cookie.maxAge : null,
    secure: cookie.secure === true,
    http_only: cookie.httpOnly === true,
    same_site: cookie.sameSite ?? null,
  };
}

function tc(string) {
  const model = TCString.decode(string);
  const restrictions = model.publisherRestrictions.getRestrictions().map((restriction) => [
    restriction.purposeId,
    restriction.restrictionType,
    model.publisherRestrictions.getVendors(restriction).sort((a, b) => a - b),
  ]);
  return {
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
    restrictions: restrictions.sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    disclosed: string.includes(".") ? ids(model.vendorsDisclosed) : [],
    allowed: ids(model.vendorsAllowed),
    publisher_consents: ids(model.publisherConsents),
    publisher_interests: ids(model.publisherLegitimateInterests),
    custom_purposes: model.numCustomPurposes,
    custom_consents: ids(model.publisherCustomConsents),
    custom_interests: ids(model.publisherCustomLegitimateInterests),
  };
}

/** A string as the IAB's library writes it, with a vendor list made up for it. */
function tcEncode({ vendors, consents, interests, purposes, interest_purposes, disclosed, cmp }) {
  const vendor = (id) => [id, { id, name: `V${id}`, purposes: [1, 2], legIntPurposes: [7, 8],
    flexiblePurposes: [], specialPurposes: [], features: [], specialFeatures: [], cookieMaxAgeSeconds: 1,
    usesCookies: true, cookieRefresh: false, usesNonCookieAccess: false, policyUrl: "" }];
  const numbered = (count) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [index + 1, { id: index + 1 }]));
  const gvl = new GVL({ gvlSpecificationVersion: 3, vendorListVersion: 150, tcfPolicyVersion: 5,
    lastUpdated: "2026-01-22T16:00:00Z", purposes: numbered(11), specialPurposes: numbered(3),
    features: numbered(3), specialFeatures: numbered(2), stacks: {}, dataCategories: {},
    vendors: Object.fromEntries(vendors.map(vendor)) });
  const model = new TCModel(gvl);
  model.cmpId = cmp;
  model.cmpVersion = 3;
  model.isServiceSpecific = true;
  model.vendorConsents.set(consents);
  model.vendorLegitimateInterests.set(interests);
  model.purposeConsents.set(purposes);
  model.purposeLegitimateInterests.set(interest_purposes);
  model.vendorsDisclosed.set(disclosed);
  const string = TCString.encode(model);
  return { string, ...tc(string) };
}

function gppEncode({ section, seed }) {
  let state = seed >>> 0;
  const random = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 16) % below;
  };
  const model = new GppModel();
  const empty = new GppModel();
  empty.setFieldValue(section, "SaleOptOut", 0);
  for (const [field, value] of Object.entries(empty.getSection(section))) {
    if (field === "Version" || field === "MspaVersion" || field === "GpcSegmentType") continue;
    if (typeof value === "boolean") model.setFieldValue(section, field, random(2) === 1);
    else if (Array.isArray(value)) model.setFieldValue(section, field, value.map(() => random(3)));
    else model.setFieldValue(section, field, field === "MspaCoveredTransaction" ? 1 + random(2) : random(3));
  }
  const string = model.encode();
  return { string, fields: new GppModel(string).getSection(section) };
}

function gpp({ string, section }) {
  const model = new GppModel(string);
  return { ids: model.getSectionIds(), fields: model.getSection(section) };
}

const schema = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
const validate = new Ajv({ schemaId: "auto", allErrors: true, logger: false })
  .addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"))
  .compile(schema);

const answers = {
  cookie,
  tc: ({ string }) => tc(string),
  "tc-encode": tcEncode,
  gpp,
  "gpp-encode": gppEncode,
  sarif: ({ document }) => ({ valid: validate(document), errors: validate.errors }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = { answer: answers[question.ask](question) };
  } catch (error) {
    answer = { refused: String(error.message ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
