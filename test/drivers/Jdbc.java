import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.postgresql.util.PGobject;

/** Calls with pgJDBC. */
public class Jdbc {
	static final String OBJECT = "{\"env\": \"prod\", \"n\": 1}";
	static final String[] NULLS = {"timestamp", "user_id", "latency_ms", "cost_usd", "status", "metadata", "input"};
	static Connection connection;

	/** Gives the parameters of a statement from the first on. */
	interface Setter {
		void set(PreparedStatement statement, int first) throws SQLException;
	}

	/** Names the entry of a call, so that it is found again. */
	static String job(String what, String write) {
		return "pgJDBC, " + what + ", " + write;
	}

	/** Runs a statement, and tells what was given, what was written for it and how it ended. */
	static void run(String what, String write, String sql, Setter setter, boolean withJob) {
		String outcome = "accepted";
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			int first = 1;
			if (withJob) {
				statement.setString(first++, job(what, write));
				statement.setString(first++, "drivers");
			}
			setter.set(statement, first);
			statement.execute();
		} catch (SQLException error) {
			outcome = error.getSQLState() == null ? "in the driver" : error.getSQLState();
		}
		System.out.println(what + "\t" + write + "\t" + outcome);
	}

	/** Calls insert_log() with a value; write is what is to be written where the value alone will not do. */
	static void give(String what, String field, String write, String expression, Setter setter) {
		run(what, write, "SELECT ogw_logs.insert_log(job_id => ?, team_id => ?, \"" + field + "\" => " + expression + ")", setter, true);
	}

	static void give(String what, String field, Setter setter) {
		give(what, field, "", "?", setter);
	}

	/** Calls insert_logs() with what is given for a batch. */
	static void batch(String what, Setter setter) {
		run(what, "", "SELECT ogw_logs.insert_logs(?)", setter, false);
	}

	/** A batch of one entry, as text. */
	static String entries(String what) {
		return "[{\"job_id\":\"" + job(what, "") + "\",\"team_id\":\"drivers\",\"latency_ms\":812.4837,\"metadata\":" + OBJECT + "}]";
	}

	static PGobject json(String type, String value) throws SQLException {
		PGobject object = new PGobject();
		object.setType(type);
		object.setValue(value);
		return object;
	}

	public static void main(String[] args) throws SQLException {
		connection = DriverManager.getConnection("jdbc:postgresql://" + System.getenv("PGHOST") + ":" + System.getenv("PGPORT") + "/"
				+ System.getenv("PGDATABASE") + "?user=" + System.getenv("PGUSER"));
		give("text", "user_id", (s, n) -> s.setString(n, "user-1"));
		give("integer as latency_ms", "latency_ms", (s, n) -> s.setInt(n, 812));
		give("integer over 2^31 as prompt_tokens", "prompt_tokens", (s, n) -> s.setLong(n, 6824241167L));
		give("float as latency_ms", "latency_ms", (s, n) -> s.setDouble(n, 812.4837));
		give("NaN as latency_ms", "latency_ms", (s, n) -> s.setDouble(n, Double.NaN));
		give("float as cost_usd", "cost_usd", (s, n) -> s.setDouble(n, 0.0031));
		give("float as cost_usd", "cost_usd", "?::numeric", "?::numeric", (s, n) -> s.setDouble(n, 0.0031));
		give("decimal of 58 digits as cost_usd", "cost_usd", (s, n) -> s.setBigDecimal(n, new BigDecimal(0.0031)));
		give("integer as user_id", "user_id", (s, n) -> s.setLong(n, 42));
		give("integer as error_code", "error_code", (s, n) -> s.setInt(n, 429));
		give("UUID as user_id", "user_id", (s, n) -> s.setObject(n, new UUID(0, 5)));
		give("time with a zone", "timestamp", (s, n) -> s.setObject(n, OffsetDateTime.parse("2026-11-29T10:00:00.123456+02:00")));
		give("java.sql.Timestamp with a zone", "timestamp", (s, n) ->
			s.setTimestamp(n, Timestamp.from(OffsetDateTime.parse("2026-11-29T10:00:00.123456+02:00").toInstant())));
		give("time without a zone", "timestamp", (s, n) -> s.setObject(n, LocalDateTime.parse("2026-11-29T10:00:00.123456")));
		give("text of a time without a zone", "timestamp", (s, n) -> s.setString(n, "2026-11-29T10:00:00.123456"));
		give("seconds since 1970", "timestamp", (s, n) -> s.setDouble(n, 1795946400.5));
		give("text of JSON as metadata", "metadata", (s, n) -> s.setString(n, OBJECT));
		give("value of a JSON type as metadata", "metadata", (s, n) -> s.setObject(n, json("jsonb", OBJECT)));
		give("bytes of JSON as metadata", "metadata", (s, n) -> s.setBytes(n, OBJECT.getBytes(StandardCharsets.UTF_8)));
		give("bytes as input", "input", (s, n) -> s.setBytes(n, "hello".getBytes(StandardCharsets.UTF_8)));
		give("bytes as input", "input", "convert_from(?, 'UTF8')", "convert_from(?, 'UTF8')", (s, n) -> s.setBytes(n, "hello".getBytes(StandardCharsets.UTF_8)));
		run("null", "", "SELECT ogw_logs.insert_log(job_id => ?, team_id => ?, \"" + String.join("\" => ?, \"", NULLS) + "\" => ?)", (s, n) -> {
			for (int i = 0; i < NULLS.length; i++)
				s.setNull(n + i, Types.NULL);
		}, true);
		batch("insert_logs, text", (s, n) -> s.setString(n, entries("insert_logs, text")));
		batch("insert_logs, bytes", (s, n) -> s.setBytes(n, entries("insert_logs, bytes").getBytes(StandardCharsets.UTF_8)));
		batch("insert_logs, value of type json", (s, n) -> s.setObject(n, json("json", entries("insert_logs, value of type json"))));
		batch("insert_logs, value of type jsonb", (s, n) -> s.setObject(n, json("jsonb", entries("insert_logs, value of type jsonb"))));
		run("INSERT into inbox, RETURNING", "", "INSERT INTO ogw_logs.inbox (job_id, team_id, latency_ms, metadata) VALUES (?, ?, ?, ?) RETURNING *", (s, n) -> {
			s.setString(n, "812.4837");
			s.setString(n + 1, OBJECT);
		}, true);
		connection.close();
	}
}
