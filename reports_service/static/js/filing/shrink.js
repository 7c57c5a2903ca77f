// A photo made small on the device: quick to send, and without what the camera wrote into it.
const LONGEST = 1600; // pixels of the longer side
const QUALITY = 0.82;

/** The photo as a small JPEG, turned upright. Rejects what this browser cannot draw. */
export async function shrunk(file) {
  const picture = await drawable(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close?.();
  return new Promise((drawn, failed) => {
    canvas.toBlob((blob) => (blob ? drawn(blob) : failed(new Error("not drawn"))), "image/jpeg", QUALITY);
  });
}

async function drawable(file) {
  if (self.createImageBitmap) {
    try {
      return await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      // Some old browsers know no options: the way below turns photos by itself.
    }
  }
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return image;
}
