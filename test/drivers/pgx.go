// Calls with pgx.
package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v4"
)

const object = `{"env": "prod", "n": 1}`

var (
	background = context.Background()
	connection *pgx.Conn
	nulls      = []string{"timestamp", "user_id", "latency_ms", "cost_usd", "status", "metadata", "input"}
)

// job names the entry of a call, so that it is found again.
func job(what, write string) string {
	return "pgx, " + what + ", " + write
}

// run runs a statement, and tells what was given, what was written for it and how it ended.
func run(what, write, sql string, values ...interface{}) {
	var state interface{ SQLState() string }

	_, err := connection.Exec(background, sql, values...)
	outcome := "accepted"
	if errors.As(err, &state) {
		outcome = state.SQLState()
	} else if err != nil {
		outcome = "in the driver"
	}
	fmt.Printf("%s\t%s\t%s\n", what, write, outcome)
}

// give calls insert_log() with a value; write is what is to be written where the value alone will not do.
func give(what, field string, value interface{}, write ...string) {
	written, expression := "", "?"
	if len(write) > 0 {
		written, expression = write[0], write[1]
	}
	run(what, written, fmt.Sprintf(`SELECT ogw_logs.insert_log(job_id => $1, team_id => $2, "%s" => %s)`, field,
		strings.Replace(expression, "?", "$3", 1)), job(what, written), "drivers", value)
}

// entries is a batch of one entry, as text.
func entries(what, write string) string {
	return fmt.Sprintf(`[{"job_id":"%s","team_id":"drivers","latency_ms":812.4837,"metadata":%s}]`, job(what, write), object)
}

func main() {
	var err error

	if connection, err = pgx.Connect(background, ""); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	east := time.FixedZone("", 7200)
	give("text", "user_id", "user-1")
	give("integer as latency_ms", "latency_ms", 812)
	give("integer over 2^31 as prompt_tokens", "prompt_tokens", int64(6824241167))
	give("float as latency_ms", "latency_ms", 812.4837)
	give("NaN as latency_ms", "latency_ms", math.NaN())
	give("float as cost_usd", "cost_usd", 0.0031)
	give("integer as user_id", "user_id", 42)
	give("integer as error_code", "error_code", 429)
	give("UUID as user_id", "user_id", [16]byte{15: 5})
	give("UUID as user_id", "user_id", [16]byte{15: 5}, "$1::uuid", "?::uuid")
	give("time with a zone", "timestamp", time.Date(2026, 11, 29, 10, 0, 0, 123456000, east))
	give("text of a time without a zone", "timestamp", "2026-11-29T10:00:00.123456")
	give("seconds since 1970", "timestamp", 1795946400.5)
	give("object as metadata", "metadata", map[string]interface{}{"env": "prod", "n": 1})
	give("object as metadata", "metadata", map[string]interface{}{"env": "prod", "n": 1}, "$1::jsonb", "?::jsonb")
	give("array as attempts", "attempts", []map[string]string{{"model": "m", "status": "success"}})
	give("array as attempts", "attempts", []map[string]string{{"model": "m", "status": "success"}}, "$1::jsonb", "?::jsonb")
	give("text of JSON as metadata", "metadata", object)
	give("bytes of JSON as metadata", "metadata", []byte(object))
	give("bytes as input", "input", []byte("hello"))
	sql := "SELECT ogw_logs.insert_log(job_id => $1, team_id => $2"
	values := []interface{}{job("null", ""), "drivers"}
	for n, field := range nulls {
		sql += fmt.Sprintf(`, "%s" => $%d`, field, n+3)
		values = append(values, nil)
	}
	run("null", "", sql+")", values...)
	run("insert_logs, text", "", "SELECT ogw_logs.insert_logs($1)", entries("insert_logs, text", ""))
	run("insert_logs, bytes", "", "SELECT ogw_logs.insert_logs($1)", []byte(entries("insert_logs, bytes", "")))
	what := "INSERT into inbox, RETURNING"
	run(what, "", "INSERT INTO ogw_logs.inbox (job_id, team_id, latency_ms, metadata) VALUES ($1, $2, $3, $4) RETURNING *",
		job(what, ""), "drivers", "812.4837", object)
	what = "COPY into inbox"
	outcome := "accepted"
	if _, err = connection.CopyFrom(background, pgx.Identifier{"ogw_logs", "inbox"}, []string{"job_id", "team_id", "latency_ms", "metadata"},
		pgx.CopyFromRows([][]interface{}{{job(what, ""), "drivers", "812.4837", object}})); err != nil {
		outcome = "in the driver"
	}
	fmt.Printf("%s\t\t%s\n", what, outcome)
	connection.Close(background)
}
