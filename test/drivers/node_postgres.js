'use strict';
// Calls with node-postgres.

const pg = require('pg');
const { Calls, attempts } = require('./calls');

async function main() {
  const client = new pg.Client();
  const calls = new Calls('node-postgres', (sql, values) => client.query(sql, values));

  await client.connect();
  await calls.giveAll();
  await calls.give('array as attempts', 'attempts', JSON.stringify(attempts), 'JSON.stringify(value)');
  await calls.batch('insert_logs, text', JSON.stringify);
  await calls.batch('insert_logs, bytes', (entries) => Buffer.from(JSON.stringify(entries)));
  await calls.insert();
  await client.end();
}

main();
