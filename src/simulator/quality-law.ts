import type { Product } from './product-queue.js';
import { LAYER_HEIGHT, MOISTURE, ZONES } from './roaster-design.js';

/** The scale of the laboratory's results, as in the real records (246 to 505) with some room below. */
export const LOWEST_QUALITY = 220;
export const HIGHEST_QUALITY = 505;

/** How a raw material answers to the treatment. */
interface RawMaterial {
  /** Roasting severity at which quality has fallen to the middle of its scale. */
  tolerance: number;
  /** How steeply quality falls around that severity. */
  steepness: number;
  /** How fast it gives off moisture in the first two zones; the remainder is `exp(-drying)`. */
  drying: number;
}

const USUAL_MATERIAL: RawMaterial = { tolerance: 0.65, steepness: 1, drying: 1.2 };
const NEW_MATERIAL: RawMaterial = { tolerance: -0.35, steepness: 0.9, drying: 1 };

/** Moisture left after zone 2 that is neither too wet nor burnt dry, %. */
const IDEAL_REMAINDER = MOISTURE.nominal * Math.exp(-USUAL_MATERIAL.drying);

/**
 * The true quality of one product, without the laboratory's noise, on the scale 220 to 505.
 *
 * Zones 1 and 2 dry it, faster than linearly; zones 3 and 4 roast it, a gentle zone 5 and a thick layer soften that.
 * Too severe a roast lowers quality along a sigmoid (in the real records zone 3 against quality: -0.84), and moisture
 * left over, or burnt off, lowers it further.
 */
export function trueQuality(product: Product): number {
  const material = blend(product.newMaterial);
  const deviation = (zone: number): number => product.zoneMeans[zone]! - ZONES[zone]!.nominal;

  const drying = material.drying + 0.005 * deviation(0) + 0.009 * deviation(1);
  const wetness = product.moisture * Math.exp(-drying) - IDEAL_REMAINDER;

  const thickness = (product.height - LAYER_HEIGHT.nominal) / LAYER_HEIGHT.wander;
  const severity = deviation(2) / 48 + deviation(3) / 400 - deviation(4) / 160 - 0.12 * thickness;
  const roast = 1 / (1 + Math.exp(material.steepness * (severity - material.tolerance)));

  const quality = 225 + 280 * roast - 10 * wetness - 8 * wetness * wetness;
  return Math.min(HIGHEST_QUALITY, Math.max(LOWEST_QUALITY, quality));
}

function blend(newShare: number): RawMaterial {
  const mix = (usual: number, fresh: number): number => usual + newShare * (fresh - usual);
  return {
    tolerance: mix(USUAL_MATERIAL.tolerance, NEW_MATERIAL.tolerance),
    steepness: mix(USUAL_MATERIAL.steepness, NEW_MATERIAL.steepness),
    drying: mix(USUAL_MATERIAL.drying, NEW_MATERIAL.drying),
  };
}
