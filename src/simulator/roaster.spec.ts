import { SeededRandom } from '../ml/random/seeded-random.js';
import { THERMOCOUPLES_PER_ZONE, ZONES } from './roaster-design.js';
import { Roaster, type RoasterReading } from './roaster.js';

const STEP_SECONDS = 60;

/** A machine without random disturbances, so that each effect stands alone. */
function calmRoaster(): Roaster {
  const roaster = new Roaster(STEP_SECONDS, new SeededRandom(1), 0);
  for (let i = 0; i < 200; i++) roaster.step();
  return roaster;
}

function answerTo(setPointShift: number[], steps: number): RoasterReading[] {
  const roaster = calmRoaster();
  return Array.from({ length: steps }, () => roaster.step({ setPointShift }));
}

function zoneOf(reading: RoasterReading, zone: number): number {
  return reading.thermocouples[zone * THERMOCOUPLES_PER_ZONE]! - ZONES[zone]!.offsets[0];
}

describe('Roaster', () => {
  it('stands at its nominal temperatures and their mounting offsets when nothing disturbs it', () => {
    const { thermocouples, height, moisture, quality } = calmRoaster().step();
    expect(thermocouples).toEqual(ZONES.flatMap((zone) => zone.offsets.map((offset) => zone.nominal + offset)));
    expect({ height, moisture, quality }).toEqual({ height: 172, moisture: 7.5, quality: 409 });
  });

  it.each([0, 1, 2, 3, 4])('answers a step of set point %d with the lag of that zone', (zone) => {
    const shift = [0, 0, 0, 0, 0];
    shift[zone] = 100;
    const readings = answerTo(shift, 300);
    const rise = zoneOf(readings.at(-1)!, zone) - ZONES[zone]!.nominal;
    expect(rise).toBeGreaterThanOrEqual(100); // the neighbours give a little back
    expect(rise).toBeLessThan(102);
    const reached = readings.findIndex((r) => zoneOf(r, zone) - ZONES[zone]!.nominal >= 0.632 * 100) + 1;
    const lag = ZONES[zone]!.lagSeconds;
    expect(Math.abs(reached * STEP_SECONDS - lag)).toBeLessThanOrEqual(1.5 * STEP_SECONDS);
  });

  it('warms the neighbours of a hotter zone a little, and zones further away less', () => {
    const last = answerTo([0, 0, 100, 0, 0], 300).at(-1)!;
    const rises = ZONES.map((zone, i) => zoneOf(last, i) - zone.nominal);
    expect(rises.map(Math.round)).toEqual([0, 6, 101, 6, 0]);
  });

  it('lowers quality after a hotter zone 3, but only once the product from zone 3 leaves the machine', () => {
    const qualities = answerTo([0, 0, 60, 0, 0], 300).map(({ quality }) => quality);
    const fall = 409 - qualities.at(-1)!;
    expect(fall).toBeGreaterThan(60);
    const stepsToExit = (2 * 600) / STEP_SECONDS; // zones 4 and 5
    expect(409 - qualities[stepsToExit - 1]!).toBeLessThan(0.03 * fall);
    expect(409 - qualities[3 * stepsToExit]!).toBeGreaterThan(0.5 * fall);
  });

  it('raises quality after a cooler zone 3', () => {
    expect(answerTo([0, 0, -60, 0, 0], 300).at(-1)!.quality).toBeGreaterThan(440);
  });

  it('settles at the same state whatever the step length', () => {
    const settle = (stepSeconds: number): number[] => {
      const roaster = new Roaster(stepSeconds, new SeededRandom(1), 0);
      let reading = roaster.step();
      for (let i = 0; i < 30_000 / stepSeconds; i++) reading = roaster.step({ setPointShift: [0, 40, -30, 0, 10] });
      return [...reading.thermocouples, Math.round(reading.quality)];
    };
    expect(settle(600)).toEqual(settle(30));
  });

  it('cools the zones when wetter product comes: they run colder in the disturbed plant with moist feed', () => {
    const roaster = new Roaster(300, new SeededRandom(6));
    let covariance = 0;
    for (let i = 0; i < 20_000; i++) {
      const { thermocouples, moisture } = roaster.step();
      covariance += (moisture - 7.5) * (thermocouples[4]! - ZONES[1]!.nominal);
    }
    expect(covariance / 20_000).toBeLessThan(-1);
  });
});
