/*
 * account.c
 *		What became of the entries of a call: counted in memory, written once.
 *
 * The counts become rows of ogw_logs.account in the transaction of the entries
 * themselves: both are there, or neither is.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/tuplestore.h"

#include "account.h"
#include "compat.h"

PG_FUNCTION_INFO_V1(ogw_batch_accounts);

/* Counts are written when a call has so many: the teams of a COPY may be many. */
#define MAX_ACCOUNTS 1000

/* What is counted together. All of it is compared, so it has no padding. */
typedef struct AccountKey
{
	int32		reason;			/* why refused; REASON_NONE: it was not */
	char		team_id[MAX_ID_BYTES + 1];	/* "" where it is not known */
} AccountKey;

typedef struct Account
{
	AccountKey	key;
	int64		stored;
	int64		duplicate;
	int64		rejected;
	int64		bodies_dropped;
	int64		secrets_masked;
} Account;

static Account *account_of(Batch *batch, Span team_id, Reason reason);

/* Counts what became of the rows that the batch has just written. */
void
account_batch(Batch *batch)
{
	for (int i = 0; i < batch->n_rows; i++)
	{
		const BatchRow *row = &batch->rows[i];
		Account    *account = account_of(batch, row->team_id, REASON_NONE);

		if (row->state != ROW_KEPT)
		{
			account->duplicate++;
			continue;
		}
		account->stored++;
		account->bodies_dropped += row->body_dropped;
		account->secrets_masked += row->n_masked;
	}
	for (int i = 0; i < batch->n_rejected; i++)
	{
		const RejectedRow *row = &batch->rejected[i];

		account_of(batch, row->team_id, row->why.reason)->rejected++;
	}
}

/* Tells whether the counts should be written before the call goes on. */
bool
account_is_full(const Batch *batch)
{
	return batch->accounts != NULL &&
		hash_get_num_entries(batch->accounts) >= MAX_ACCOUNTS;
}

/* Forgets the counts, which have been written. */
void
account_empty(Batch *batch)
{
	if (batch->accounts != NULL)
		hash_destroy(batch->accounts);
	batch->accounts = NULL;
}

/* Gives the counts, row for row, in the columns of ogw_logs.account. */
void
account_each(const Batch *batch, RowSink sink, void *arg)
{
	HASH_SEQ_STATUS scan;
	Account    *account;

	if (batch->accounts == NULL)
		return;
	hash_seq_init(&scan, batch->accounts);
	while ((account = hash_seq_search(&scan)) != NULL)
	{
		Datum		values[ACCOUNT_COLUMNS] = {0};
		bool		nulls[ACCOUNT_COLUMNS] = {false};

		if (!(nulls[0] = (account->key.team_id[0] == '\0')))
			values[0] = CStringGetTextDatum(account->key.team_id);
		values[1] = CStringGetTextDatum(batch->door);
		if (!(nulls[2] = (account->key.reason == REASON_NONE)))
			values[2] = CStringGetTextDatum(reason_code((Reason) account->key.reason));
		values[3] = Int64GetDatum(account->stored + account->duplicate + account->rejected);
		values[4] = Int64GetDatum(account->stored);
		values[5] = Int64GetDatum(account->duplicate);
		values[6] = Int64GetDatum(account->rejected);
		values[7] = Int64GetDatum(account->bodies_dropped);
		values[8] = Int64GetDatum(account->secrets_masked);
		sink(arg, values, nulls);
	}
}

/* batch_accounts(): the counts of the call being written. */
Datum
ogw_batch_accounts(PG_FUNCTION_ARGS)
{
	const Batch *batch = batch_being_written();

	InitMaterializedSRF(fcinfo, 0);
	if (batch != NULL)
		account_each(batch, put_result_row, fcinfo->resultinfo);
	return (Datum) 0;
}

/* Returns the counts of a team, or of what was refused of it for one reason. */
static Account *
account_of(Batch *batch, Span team_id, Reason reason)
{
	AccountKey	key = {.reason = reason};
	Account    *account;
	bool		found;

	if (batch->accounts == NULL)
	{
		HASHCTL		ctl;

		ctl.keysize = sizeof(AccountKey);
		ctl.entrysize = sizeof(Account);
		ctl.hcxt = batch->context;
		batch->accounts = hash_create("ogw_logs accounts", 16, &ctl,
									  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	if (team_id.data != NULL)
		memcpy(key.team_id, team_id.data, team_id.len);
	account = hash_search(batch->accounts, &key, HASH_ENTER, &found);
	if (!found)
		memset(&account->stored, 0, sizeof(Account) - offsetof(Account, stored));
	return account;
}
