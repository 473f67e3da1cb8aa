/** Words about a step's fields: the mapping, one field, putting together from pieces, duplicates. */
import { enForm } from "../plural.ts";
import { number } from "../words.ts";

export const mapping = {
  hint: "Tap a line's number to change it.",
  optionsTitle: "⚙️ Trigger settings",
  account: (name: string) => `Account: ${name}`,
  empty: "empty",
  example: "(example)",
  emptyRequired: "🔴 has to be filled",
  unsure: "❓",
  legendUnsure: "❓ – my guess, have a look.",
  problem: "⚠️",
  noFields: "Nothing to fill in here.",
  more: (n: number) => `➕ More fields (${n})`,
  moreTitle: "Which field shall be filled?",
  duplicates: "👥 Duplicates",
  noAccount: "🔌 Choose an account",
  left: (n: number) => `Still to fill: ${n} ${enForm(n, "field", "fields")}.`,

  now: "Now:",
  onSample: "On the sample:",
  pickOrType: (example: string) =>
    `Choose where the value comes from, or type your own. In a text, fields go in braces, such as {${example}}`,
  pickChoice: "Choose a value:",
  pickOption: "Choose from your account's list, or type a part of the name and I will find it.",
  pickMany: "Tick what you need:",
  onlyType: "Type the value.",
  nothingBefore: "There is nothing before this step to take data from.",
  yes: "Yes",
  no: "No",
  fromSteps: "🧷 Take from the steps",
  compose: "🧩 Put together",
  find: "🔎 Find a field",
  findAsk: "Type a part of the field's name or of its value:",
  type: "✍️ Type my own",
  typeAsk: "Type the value. Fields go in braces, such as {Phone}.",
  clear: "🧹 Empty it",
  refreshList: "🔄 Refresh the list",
  listEmpty: "The account's list is empty.",
  listNeedsAccount: "Choose an account for this step first.",
  listFailed: "The list could not be read:",
  emptied: "The field is empty now.",
  unknownNames: (names: string) => `There is no such field: ${names}. Check the name or choose the field by button.`,
  notListed: (text: string) => `“${text}” is not in the list. Choose by button or type it more exactly.`,
  long: (length: number) => `Too long: ${number("en", 4_000)} characters fit, and ${number("en", length)} came.`,

  notInteger: (text: string) => `“${text}” is not a whole number. It should be like 15, or choose a field.`,
  notNumber: (text: string) => `“${text}” is not a number. It should be like 1500.50, or choose a field.`,
  notPhone: (text: string) =>
    `“${text}” does not look like a phone. It should be like +44 20 7946 0958, or choose a field.`,
  notEmail: (text: string) =>
    `“${text}” does not look like an e-mail. It should be like anna@example.com, or choose a field.`,
  notDate: (text: string) =>
    `“${text}” does not look like a date. It should be like 2026-12-31 15:30, or choose a field.`,
  notBoolean: (text: string) => `“${text}” is neither yes nor no. Choose by button.`,

  composeTitle: (field: string) => `🧩 ${field}: putting it together`,
  composeHint: "Type a text and it is added at the end. Fields and separators are added by button.",
  addField: "➕ Field",
  space: "␣ space",
  newLine: "↵ new line",
  undo: "↩️ Take the last away",
  startOver: "🧹 Start over",
  appendTitle: "Which field shall be added?",
};

export const duplicates = {
  title: "👥 If the record already exists",
  line: {
    create: "Duplicates: don't check, always create",
    keep: (keys: string) => `Duplicates: don't create if found by: ${keys}`,
    update: (keys: string) => `Duplicates: update if found by: ${keys}`,
    updateOnly: (keys: string) => `Duplicates: only update what is found by: ${keys}`,
  },
  noKeys: "no field is ticked",
  mode: {
    create: "Don't check, always create a new record",
    keep: "Don't create a record if a duplicate is found",
    update: "Update the duplicate; create if there is none",
    updateOnly: "Only update: create nothing if none is found",
  },
  keysHint: "By which fields do we know a duplicate? Only filled ones can be ticked.",
  nothingToTick: "To know duplicates, fill one of these fields in the step first:",
  matchAll: "All of the ticked ones must match",
  matchAny: "Any of the ticked ones is enough",
  rules: "✏️ How fields are updated",
  rulesTitle: "✏️ How shall the fields of a found record be updated? Tap a field to change its rule.",
  rule: { replace: "replace", add: "add to what is there", fill: "only if empty" },
  joinOr: " or ",
  joinAnd: " and ",
};
