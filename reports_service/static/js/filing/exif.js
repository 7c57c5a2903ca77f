// Where a photo says it was taken: the GPS tags of a JPEG (CIPA DC-008, 4.6.6). It is read on the
// device; what is sent later has no such tags any more.
const HEAD = 256 * 1024; // bytes: EXIF stands at the beginning
const EXIF = 0x45786966;
const GPS = 0x8825;
const LAT_REF = 1, LAT = 2, LON_REF = 3, LON = 4;

/** The place in degrees, or null where the photo tells none that can be meant. */
export async function placeOf(file) {
  try {
    const view = new DataView(await file.slice(0, HEAD).arrayBuffer());
    const tiff = tiffBegin(view);
    return tiff === null ? null : gpsPlace(view, tiff);
  } catch {
    return null; // anything may stand in a file
  }
}

function tiffBegin(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === 0xffe1 && view.getUint32(at + 4) === EXIF) return at + 10;
    if (marker < 0xffe0 || marker === 0xffda) return null;
  }
  return null;
}

function gpsPlace(view, tiff) {
  const little = view.getUint16(tiff) === 0x4949;
  const first = tags(view, tiff, tiff + view.getUint32(tiff + 4, little), little);
  if (!first.has(GPS)) return null;
  const gps = tags(view, tiff, tiff + view.getUint32(first.get(GPS) + 8, little), little);
  const lat = degrees(view, tiff, gps, LAT, LAT_REF, "S", little);
  const lon = degrees(view, tiff, gps, LON, LON_REF, "W", little);
  const possible = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat || lon);
  return possible ? { lat: Number(lat.toFixed(6)), lon: Number(lon.toFixed(6)) } : null;
}

/** Tag -> where its entry of 12 bytes begins. */
function tags(view, tiff, at, little) {
  const found = new Map();
  const count = view.getUint16(at, little);
  for (let entry = at + 2; entry < at + 2 + 12 * count; entry += 12) found.set(view.getUint16(entry, little), entry);
  return found;
}

function degrees(view, tiff, gps, tag, refTag, negative, little) {
  const at = tiff + view.getUint32(gps.get(tag) + 8, little);
  const part = (n) => view.getUint32(at + 8 * n, little) / view.getUint32(at + 8 * n + 4, little);
  const whole = part(0) + part(1) / 60 + part(2) / 3600;
  return String.fromCharCode(view.getUint8(gps.get(refTag) + 8)) === negative ? -whole : whole;
}
