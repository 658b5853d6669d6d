import { imageLimits } from "#lib/contracts/trial.ts";

const longestPx = 1_568;
const qualities = [0.85, 0.7, 0.55];
const shrink = 0.75;
const attempts = 6;

/** Files that are taken as images. */
export const imageTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/**
 * A picture as a JPEG data URL within the bounds of a call: small enough to send again with every question, and without
 * the place and camera that a photo tells of. Null where the browser cannot read the file.
 */
export async function resizeImage(file: Blob): Promise<string | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return null;
  try {
    const canvas = document.createElement("canvas");
    let scale = Math.min(1, longestPx / Math.max(bitmap.width, bitmap.height));
    for (let attempt = 0; attempt < attempts; attempt++, scale *= shrink) {
      draw(canvas, bitmap, scale);
      for (const quality of qualities) {
        const url = canvas.toDataURL("image/jpeg", quality);
        if (url.length <= imageLimits.dataUrlChars) return url;
      }
    }
    return null;
  } finally {
    bitmap.close();
  }
}

function draw(canvas: HTMLCanvasElement, bitmap: ImageBitmap, scale: number): void {
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) return;
  // JPEG knows no transparency: it would come out black.
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
}
