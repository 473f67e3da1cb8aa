/** What Bitrix24 refuses, and how it says so. */
import { json, type Reply } from "../kit.ts";

/** Thrown by a method that can't go on; inside a batch it becomes the command's own error. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly words: string;
  constructor(status: number, code: string, words: string) {
    super(words);
    this.status = status;
    this.code = code;
    this.words = words;
  }
  get reply(): Reply {
    return json(this.status, { error: this.code, error_description: this.words });
  }
}

/** The classic CRM methods refuse with an empty code and a text. */
export const plain = (words: string) => new Refusal(400, "", words);
export const noAuth = () => new Refusal(401, "NO_AUTH_FOUND", "Wrong authorization data");
