'use strict';
// What the programs in JavaScript have in common: the values, and how a call is told.

const object = { env: 'prod', n: 1 };
const attempts = [{ model: 'm', status: 'success' }];

// What is given, for which field, and the value.
const values = [
  ['text', 'user_id', 'user-1'],
  ['integer as latency_ms', 'latency_ms', 812],
  ['integer over 2^31 as prompt_tokens', 'prompt_tokens', 6824241167n],
  ['float as latency_ms', 'latency_ms', 812.4837],
  ['NaN as latency_ms', 'latency_ms', NaN],
  ['float as cost_usd', 'cost_usd', 0.0031],
  ['integer as user_id', 'user_id', 42],
  ['integer as error_code', 'error_code', 429],
  ['time with a zone', 'timestamp', new Date('2026-11-29T10:00:00.123+02:00')],
  ['text of a time without a zone', 'timestamp', '2026-11-29T10:00:00.123456'],
  ['seconds since 1970', 'timestamp', 1795946400.5],
  ['array as attempts', 'attempts', attempts],
  ['object as metadata', 'metadata', object],
  ['text of JSON as metadata', 'metadata', JSON.stringify(object)],
  ['bytes of JSON as metadata', 'metadata', Buffer.from(JSON.stringify(object))],
  ['bytes as input', 'input', Buffer.from('hello')],
];

// The fields that are given a null, in one call.
const nulls = ['timestamp', 'user_id', 'latency_ms', 'cost_usd', 'status', 'metadata', 'input'];

/** A batch of one entry. */
function entries(job) {
  return [{ job_id: job, team_id: 'drivers', latency_ms: 812.4837, metadata: object }];
}

/** Runs calls of one driver, each with execute(sql, values), and tells what was given and how it ended. */
class Calls {
  constructor(driver, execute) {
    this.driver = driver;
    this.execute = execute;
  }

  /** Names the entry of a call, so that it is found again. */
  job(what, write = '') {
    return `${this.driver}, ${what}, ${write}`;
  }

  /** Runs a statement; write is what is to be written where the value alone will not do. */
  async run(what, write, sql, given) {
    let outcome = 'accepted';
    try {
      await this.execute(sql, given);
    } catch (error) {
      outcome = /^[0-9A-Z]{5}$/.test(error.code) ? error.code : 'in the driver';
    }
    console.log([what, write, outcome].join('\t'));
  }

  /** Calls insert_log() with a value. */
  async give(what, field, value, write = '', expression = '?') {
    await this.run(what, write, `SELECT ogw_logs.insert_log(job_id => $1, team_id => $2, "${field}" => ${expression.replace('?', '$3')})`,
      [this.job(what, write), 'drivers', value]);
  }

  /** Calls insert_log() with each of the values, and with nulls. */
  async giveAll() {
    for (const [what, field, value] of values) await this.give(what, field, value);
    const fields = nulls.map((field, n) => `, "${field}" => $${n + 3}`).join('');
    await this.run('null', '', `SELECT ogw_logs.insert_log(job_id => $1, team_id => $2${fields})`,
      [this.job('null'), 'drivers', ...nulls.map(() => null)]);
  }

  /** Calls insert_logs() with what make() makes of a batch. */
  async batch(what, make, write = '', expression = '$1') {
    await this.run(what, write, `SELECT ogw_logs.insert_logs(${expression})`, [make(entries(this.job(what, write)))]);
  }

  /** Inserts a row into inbox and has it returned. */
  async insert() {
    const what = 'INSERT into inbox, RETURNING';
    await this.run(what, '', 'INSERT INTO ogw_logs.inbox (job_id, team_id, latency_ms, metadata) VALUES ($1, $2, $3, $4) RETURNING *',
      [this.job(what), 'drivers', '812.4837', JSON.stringify(object)]);
  }
}

module.exports = { Calls, attempts, object };
