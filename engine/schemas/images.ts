import { AppError } from "#lib/errors.ts";
import { imagePixels } from "../llama/image-size.ts";

const maxImages = 16;
/** Each pixel takes 3 bytes once an image is unpacked. */
const maxPixels = 25_000_000;

/**
 * Checks images before the binding opens them: it would read a file of this machine where a path stands. Gives the data URLs.
 * Throws AppError.
 */
export function checkImages(images: readonly { url: string; param: string }[], readsImages: boolean): string[] {
  const first = images[0];
  if (!first) return [];
  if (!readsImages) throw refusal("This model reads text only.", first.param);
  if (images.length > maxImages) throw refusal(`A request may have at most ${maxImages} images.`, first.param);
  return images.map(({ url, param }) => {
    const data = /^data:image\/(?:png|jpeg);base64,([A-Za-z0-9+/]+={0,2})$/.exec(url)?.[1];
    if (data === undefined) throw refusal("Images must be PNG or JPEG as base64 data URLs; addresses are not opened.", param);
    const pixels = imagePixels(Buffer.from(data, "base64"));
    if (pixels === null || pixels === 0) throw refusal("The image is no PNG or JPEG.", param);
    if (pixels > maxPixels) throw refusal(`The image has more than ${maxPixels / 1_000_000} million pixels. Make it smaller.`, param);
    return url;
  });
}

function refusal(message: string, param: string): AppError {
  return new AppError("unsupported_image_url", message, { param });
}
