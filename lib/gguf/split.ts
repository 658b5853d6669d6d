const splitName = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;

/** All files of a model that llama.cpp's gguf-split cut up, given the first; a whole file stands alone. Pure. */
export function splitFiles(file: string): string[] {
  const match = splitName.exec(file);
  if (!match) return [file];
  const [, stem = "", , total = ""] = match;
  const ending = file.slice(-".gguf".length);
  return Array.from({ length: Number(total) }, (_, index) => `${stem}-${String(index + 1).padStart(5, "0")}-of-${total}${ending}`);
}

/** Whether a file is a later part of a split model, which is never loaded by its own name. */
export function isLaterPart(file: string): boolean {
  const match = splitName.exec(file);
  return match !== null && Number(match[2]) !== 1;
}
