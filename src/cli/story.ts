/** `npm run story -- <name>|list [--json]`: plays a story through the chat as a person would and prints what the services hold. */
import { parseArgs } from "node:util";
import { STORIES } from "../../playground/stories/index.ts";
import { playStory } from "../../playground/stories/play.ts";

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [name] = positionals;

if (name === undefined || name === "list") {
  for (const story of STORIES)
    console.log(
      values.json
        ? JSON.stringify({ story: story.name, title: story.title })
        : `${story.name.padEnd(24)} ${story.title}`,
    );
} else {
  const story = STORIES.find((one) => one.name === name);
  if (!story) {
    console.error(`no story called ${name}; there are: ${STORIES.map((one) => one.name).join(", ")}`);
    process.exit(2);
  }
  const outcome = await playStory(story);
  if (values.json) {
    console.log(JSON.stringify(outcome));
  } else {
    console.log(
      `${outcome.ok ? "✔" : "✘"} ${story.title}: ${outcome.seconds} s, ${outcome.chat.sent} texts, ${outcome.chat.pressed} buttons`,
    );
    for (const [service, kinds] of Object.entries(outcome.records))
      for (const [kind, rows] of Object.entries(kinds)) {
        console.log(`\n${service} ${kind}:`);
        for (const row of rows) console.log(`  ${JSON.stringify(row)}`);
      }
    for (const failure of outcome.failures) console.error(`\n✘ ${failure}`);
  }
  process.exitCode = outcome.ok ? 0 : 1;
}
