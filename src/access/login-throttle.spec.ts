import { LoginThrottle, network } from './login-throttle.js';

describe('LoginThrottle', () => {
  let now = 0;
  const throttle = (capacity?: number) => new LoginThrottle(() => now, capacity);

  beforeEach(() => {
    now = 0;
  });

  /** Tries as soon as allowed, and returns the waits in between in seconds. */
  function waits(
    subject: LoginThrottle,
    tries: number,
    username: (i: number) => string,
    address: (i: number) => string,
  ) {
    const found: number[] = [];
    for (let i = 0; i < tries; i += 1) {
      const seconds = subject.begin(username(i), address(i));
      found.push(seconds);
      if (seconds > 0) {
        now += seconds * 1000;
        expect(subject.begin(username(i), address(i))).toBe(0);
      }
    }
    return found;
  }

  it('makes a username wait longer and longer, a minute at most, from whatever address', () => {
    const found = waits(
      throttle(),
      14,
      () => 'admin',
      (i) => `10.0.0.${i}`,
    );
    expect(found).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('makes an address wait longer and longer, 15 minutes at most, for whatever usernames', () => {
    const found = waits(
      throttle(),
      34,
      (i) => `user ${i}`,
      () => '10.0.0.1',
    );
    expect(found.slice(0, 21)).toEqual(Array(21).fill(0));
    expect(found.slice(21)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('counts tries that are under way, so that many at once do not slip through', () => {
    const subject = throttle();
    const answers = Array.from({ length: 50 }, () => subject.begin('admin', '10.0.0.1'));
    expect(answers.filter((seconds) => seconds === 0)).toHaveLength(6);
  });

  it('does not make a waiting name wait longer for asking again', () => {
    const subject = throttle();
    for (let i = 0; i < 6; i += 1) subject.begin('admin', '10.0.0.1');
    for (let i = 0; i < 100; i += 1) expect(subject.begin('admin', '10.0.0.1')).toBe(1);
    now = 1000;
    expect(subject.begin('admin', '10.0.0.1')).toBe(0);
  });

  it('takes upper and lower case as the same user and leaves other users alone', () => {
    const subject = throttle();
    for (let i = 0; i < 6; i += 1) subject.begin('admin', '10.0.0.1');
    expect(subject.begin('ADMIN', '10.0.0.2')).toBeGreaterThan(0);
    expect(subject.begin('other', '10.0.0.1')).toBe(0);
  });

  it('forgives a user who got it right, but not the address that guesses at others', () => {
    const subject = throttle();
    for (let i = 0; i < 20; i += 1) subject.begin(`user ${i}`, '10.0.0.1');
    for (let i = 0; i < 5; i += 1) subject.begin('admin', '10.0.0.2');
    expect(subject.begin('admin', '10.0.0.1')).toBe(0);
    subject.succeeded('admin', '10.0.0.1');
    for (let i = 0; i < 5; i += 1) expect(subject.begin('admin', '10.0.0.3')).toBe(0);
    expect(subject.begin('someone', '10.0.0.1')).toBe(0);
    expect(subject.begin('someone', '10.0.0.1')).toBe(1);
  });

  it('forgets failures after half an hour of quiet', () => {
    const subject = throttle();
    for (let i = 0; i < 6; i += 1) subject.begin('admin', '10.0.0.1');
    now += 30 * 60_000 + 1;
    expect(
      waits(
        subject,
        7,
        () => 'admin',
        () => '10.0.0.1',
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  it('remembers only so many names', () => {
    const subject = throttle(100);
    for (let i = 0; i < 1000; i += 1) subject.begin(`user ${i}`, `10.0.${i >> 8}.${i & 255}`);
    expect(subject.size).toBe(100);
  });
});

describe('network', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:1::1', '2001:db8:1:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('counts %s as %s', (address, expected) => {
    expect(network(address)).toBe(expected);
  });
});
