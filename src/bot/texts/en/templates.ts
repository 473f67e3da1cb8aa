/** Words about ready bundles. */
import { enForm } from "../plural.ts";

export const templates = {
  button: "📦 Templates",
  fromTemplate: "📦 From a template",
  head: "📦 Templates: ready bundles with their fields filled. Choose one – we connect the services and try it on a sample.",
  legend: "🟢 – everything that it needs is connected already.",
  needs: (services: string) => `Needs: ${services}`,
  needed: (service: string, isConnected: boolean) => `${isConnected ? "✅" : "🔌"} ${service}`,
  connectsNow: "What is missing I ask for as soon as you take the template.",
  take: "✅ Take it",
  takeAll: (n: number) => `✅ Take all ${n}`,
  takeOnly: (n: number) => `Only ${n}`,
  back: "‹ To the templates",
  making: (at: number, n: number) =>
    n === 1 ? "⏳ Putting the bundle together with your data…" : `⏳ Putting bundle ${at} of ${n} together…`,
  made: (n: number) => `📦 Done: ${n} ${enForm(n, "draft", "drafts")}. Try each on a sample and start it.`,
  draft: (number: number, name: string) => `📦 ${number} · ${name}`,
  open: "Still to fill in:",
  guessed: "Taken from your account, please check:",
  guess: (step: number, field: string, value: string) => `❓ Step ${step} · ${field}: ${value}`,
  notChosen: "not chosen",
  look: "Mind this:",
  allSet: "Everything is filled. Try it on a sample – nothing is written.",
  openStep: (step: number) => `❓ Step ${step}`,
  address: "📋 Address for the service",
  rest: "‹ The others of the set",
};
