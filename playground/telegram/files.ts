/** Files of chats: bytes on disk under their id, what is known of them in the store. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../store.ts";
import type { Upload } from "./multipart.ts";
import { bad, type Document, type FileInfo, type PhotoSize } from "./types.ts";

export interface StoredFile extends FileInfo {
  name: string;
  type: string;
  path: string;
  width?: number;
  height?: number;
}

export interface Files {
  keep(upload: Upload, as: "photo" | "document"): StoredFile;
  get(id: string): StoredFile | undefined;
  byPath(path: string): StoredFile | undefined;
  bytes(file: StoredFile): Buffer;
}

export function makeFiles(store: Store, dir: string): Files {
  const files = store.collection<StoredFile>("files");
  mkdirSync(dir, { recursive: true });
  return {
    keep(upload, as) {
      const number = files.next();
      const id = `${as === "photo" ? "AgAC" : "BQAC"}${randomBytes(36).toString("base64url")}`;
      const size = as === "photo" ? pictureSize(upload.bytes) : undefined;
      const extension = /\.[A-Za-z0-9]{1,8}$/.exec(upload.name)?.[0] ?? (as === "photo" ? ".jpg" : "");
      const file: StoredFile = {
        file_id: id,
        file_unique_id: `AQAD${randomBytes(9).toString("base64url")}`,
        file_size: upload.bytes.length,
        name: upload.name || `file_${number}${extension}`,
        type: upload.type,
        path: `${as}s/file_${number}${extension}`,
        ...(size ?? {}),
      };
      writeFileSync(join(dir, id), upload.bytes);
      files.put(id, file);
      return file;
    },
    get: (id) => files.get(id),
    byPath: (path) => files.all().find((file) => file.path === path),
    bytes: (file) => readFileSync(join(dir, file.file_id)),
  };
}

const MAX_PHOTO = 10 * 1024 * 1024;
const MAX_SIDES = 10_000;
const MAX_RATIO = 20;

/** Refuses what Telegram refuses to take as a photo. */
export function checkPhoto(bytes: Buffer): void {
  if (bytes.length > MAX_PHOTO) throw bad("PHOTO_SAVE_FILE_INVALID: file is too big for a photo");
  const size = pictureSize(bytes);
  if (!size) throw bad("IMAGE_PROCESS_FAILED");
  const { width, height } = size;
  if (width + height > MAX_SIDES || Math.max(width / height, height / width) > MAX_RATIO) {
    throw bad("PHOTO_INVALID_DIMENSIONS");
  }
}

/** Width and height from the head of a PNG, GIF or JPEG; undefined for anything else. */
export function pictureSize(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.length >= 24 && bytes.subarray(0, 4).toString("latin1") === "\x89PNG") {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  if (bytes.length >= 10 && bytes.subarray(0, 3).toString("latin1") === "GIF") {
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  }
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = bytes.readUInt16BE(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

export const asPhoto = ({ file_id, file_unique_id, file_size, width, height }: StoredFile): PhotoSize[] => [
  { file_id, file_unique_id, file_size, width: width ?? 0, height: height ?? 0 },
];
export const asDocument = ({ file_id, file_unique_id, file_size, name, type }: StoredFile): Document => ({
  file_id,
  file_unique_id,
  file_size,
  file_name: name,
  mime_type: type,
});
