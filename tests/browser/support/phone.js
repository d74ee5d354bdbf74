// An authenticator app in somebody's pocket: RFC 6238 done once more, by other means than the server's.

import { createHmac } from "node:crypto";

const STEP = 30;

export class Phone {
  /** Learns a secret from the text that people may type instead of photographing it. */
  constructor(secret) {
    const letters = [...secret.replace(/\s/g, "")];
    const bits = letters.map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
    this.key = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  }

  /** The code of the present step, or of one so many steps later. */
  code(later = 0) {
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP) + later));
    const tag = createHmac("sha1", this.key).update(step).digest();
    const number = tag.readUInt32BE(tag.at(-1) & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, "0");
  }

  /** A code that is right for no step around now. */
  wrongCode() {
    const right = [-3, -2, -1, 0, 1, 2, 3].map((later) => this.code(later));
    return ["000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777"].find((code) => !right.includes(code));
  }
}

/** Waits, if need be, until the present step has some seconds left, so that it is still the present one for the server. */
export async function inTheMiddleOfAStep() {
  const left = STEP - ((Date.now() / 1000) % STEP);
  if (left < 8) await new Promise((resolve) => setTimeout(resolve, left * 1000));
}

/** Switches two-step sign-in on for somebody, with the code of the step before; answers phone and recovery codes. */
export async function enrol(api, password) {
  await inTheMiddleOfAStep();
  const { secret } = await api.send("POST", "/me/second-factor", { password });
  const phone = new Phone(secret);
  const { recovery_codes } = await api.send("POST", "/me/second-factor/confirmation", { code: phone.code(-1) });
  return { phone, recoveryCodes: recovery_codes };
}
