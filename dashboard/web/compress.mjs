// Writes FILE.br and FILE.gz beside FILE, and prints the sizes.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [file] = process.argv.slice(2);
const plain = readFileSync(file);
const packed = {
  br: brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  }),
  gz: gzipSync(plain, { level: 9 }),
};
for (const [ending, bytes] of Object.entries(packed)) writeFileSync(`${file}.${ending}`, bytes);
console.log(`${basename(file)} ${plain.length} bytes, gz ${packed.gz.length}, br ${packed.br.length}`);
