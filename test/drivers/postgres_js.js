'use strict';
// Calls with postgres.js.

const postgres = require('postgres');
const { Calls, attempts, object } = require('./calls');

async function main() {
  const sql = postgres({ max: 1 });
  const calls = new Calls('postgres.js', (text, values) => sql.unsafe(text, values));

  await calls.giveAll();
  await calls.give('object as metadata', 'metadata', sql.json(object), 'sql.json(value)');
  await calls.give('value of a JSON type as metadata', 'metadata', sql.json(object));
  await calls.give('array as attempts', 'attempts', sql.json(attempts), 'sql.json(value)');
  await calls.give('bytes as input', 'input', Buffer.from('hello'), "convert_from($1, 'UTF8')", "convert_from(?, 'UTF8')");
  await calls.batch('insert_logs, text', JSON.stringify);
  await calls.batch('insert_logs, bytes', (entries) => Buffer.from(JSON.stringify(entries)));
  await calls.batch('insert_logs, value of type jsonb', (entries) => sql.json(entries));
  await calls.insert();
  await sql.end();
}

main();
