/**
 * `npm run key -- rotate`: everything that is encrypted is encrypted anew with a new key. With the bundled database the
 * key is made here and the old one thrown away at the end; with ENCRYPTION_KEY the new one stands there and the old one
 * in ENCRYPTION_KEY_OLD. May be cut off at any point and called again. 0: the old key is needed no more; 3: call again.
 */
import { readConfig } from "../config.ts";
import type { Text } from "../connectors/kit/fields.ts";
import { addKey, dropOlderKeys } from "../key.ts";
import { openCommand } from "../open.ts";
import { Refusal, shellLocale } from "../refusal.ts";

/** Before anything is opened: the new key. */
function prepare(): void {
  const { encryptionKey, olderKeys, dataDir } = readConfig(process.env);
  if (encryptionKey === null) addKey(dataDir);
  else if (olderKeys.length === 0) throw new Refusal(HOW);
}

async function rotate({ engine, config }: Parameters<Parameters<typeof openCommand>[0]>[0]): Promise<void> {
  const { resealed, left, others } = await engine.keys.rotate();
  const isOurs = config.encryptionKey === null;
  const isOver = left === 0 && (others === 0 || !isOurs);
  if (isOver && isOurs) dropOlderKeys(config.dataDir);
  say({ ru: `Перешифровано записей: ${resealed}.`, en: `Encrypted anew: ${resealed}.` });
  if (isOver) say(isOurs ? DONE : DONE_GIVEN);
  else {
    say(left > 0 ? MORE : RESTART);
    process.exitCode = 3;
  }
}

const say = (text: Text): void => console.log(text[shellLocale()]);

const HOW: Text = {
  ru: "Ключ задан переменной. Сделайте новый (openssl rand -base64 32), поставьте его в ENCRYPTION_KEY, прежний в ENCRYPTION_KEY_OLD, перезапустите все процессы и повторите команду.",
  en: "The key is given by a variable. Make a new one (openssl rand -base64 32), set it as ENCRYPTION_KEY and the former as ENCRYPTION_KEY_OLD, restart all processes and repeat the command.",
};
const DONE: Text = {
  ru: "Прежний ключ больше не нужен и убран. Сделайте новую резервную копию: старые открываются только прежним ключом.",
  en: "The former key isn't needed any more and is gone. Make a new backup: older ones open with the former key only.",
};
const DONE_GIVEN: Text = {
  ru: "Прежний ключ больше не нужен: уберите ENCRYPTION_KEY_OLD и перезапустите процессы. Старые резервные копии открываются только прежним ключом.",
  en: "The former key isn't needed any more: remove ENCRYPTION_KEY_OLD and restart the processes. Older backups open with the former key only.",
};
const RESTART: Text = {
  ru: "Работающее приложение ещё шифрует прежним ключом. Перезапустите его и повторите команду: она закончит смену.",
  en: "The running app still encrypts with the former key. Restart it and repeat the command: it will finish the change.",
};
const MORE: Text = {
  ru: "Часть записей меняли в это же время. Повторите команду.",
  en: "Some records were being changed meanwhile. Repeat the command.",
};

const [command, ...rest] = process.argv.slice(2);
if (command !== "rotate" || rest.length > 0) {
  console.error("npm run key -- rotate");
  process.exitCode = 2;
} else await openCommand(rotate, prepare);
