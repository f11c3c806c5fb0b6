-- Every object of the extension, and every one in its schemas, with all that the
-- catalogs say of it: a line each, to be compared with that of another database.
-- Names stand for OIDs; left out is what says nothing of the object (sizes,
-- files, the numbers of columns) and what PostgreSQL keeps lazily.
WITH namespace AS (
	SELECT n.oid FROM pg_namespace n WHERE n.nspname IN ('ogw_logs', 'ogw_logs_internal')
),
object (classid, objid) AS (
	SELECT d.classid, d.objid FROM pg_depend d
	 WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
	   AND d.refobjid = (SELECT e.oid FROM pg_extension e WHERE e.extname = 'ogw_logs')
	UNION
	SELECT d.classid, d.objid FROM pg_depend d
	 WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid IN (SELECT oid FROM namespace)
	UNION
	SELECT 'pg_class'::regclass, c.oid FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM namespace)
	UNION
	SELECT 'pg_namespace'::regclass, oid FROM namespace
	UNION
	SELECT 'pg_extension'::regclass, e.oid FROM pg_extension e WHERE e.extname = 'ogw_logs'
),
relation AS (
	SELECT c.* FROM pg_class c JOIN object o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
),
line (of_object, property, value) AS (
	-- that it is there, whose it is, and what belongs to it
	SELECT pg_describe_object(o.classid, o.objid, 0), 'there', '' FROM object o
	UNION ALL
	SELECT pg_describe_object(s.classid, s.objid, s.objsubid), format('depends on role %s', s.deptype), s.refobjid::regrole::text
	  FROM pg_shdepend s JOIN object o ON o.classid = s.classid AND o.objid = s.objid
	 WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.refclassid = 'pg_authid'::regclass
	UNION ALL
	SELECT pg_describe_object(d.classid, d.objid, d.objsubid), format('depends on %s', d.deptype),
		   pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
	  FROM pg_depend d JOIN object o ON o.classid = d.classid AND o.objid = d.objid
	UNION ALL
	SELECT pg_describe_object(d.classoid, d.objoid, d.objsubid), 'comment', d.description
	  FROM pg_description d
	 WHERE EXISTS (SELECT FROM object o WHERE o.classid = d.classoid AND o.objid = d.objoid)
		OR d.classoid = 'pg_trigger'::regclass AND d.objoid IN (SELECT t.oid FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid)
		OR d.classoid = 'pg_policy'::regclass AND d.objoid IN (SELECT p.oid FROM pg_policy p JOIN relation r ON r.oid = p.polrelid)
		OR d.classoid = 'pg_constraint'::regclass AND d.objoid IN (SELECT k.oid FROM pg_constraint k JOIN relation r ON r.oid = k.conrelid)
	UNION ALL
	SELECT pg_describe_object(i.classoid, i.objoid, i.objsubid), 'privilege of its script',
		   format('%s %s %s %s', i.privtype, a.grantee::regrole, a.privilege_type, a.is_grantable)
	  FROM pg_init_privs i JOIN object o ON o.classid = i.classoid AND o.objid = i.objoid CROSS JOIN aclexplode(i.initprivs) a
	UNION ALL
	SELECT pg_describe_object(o.classid, o.objid, 0), 'privilege',
		   format('%s by %s: %s %s', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
				  a.grantor::regrole, a.privilege_type, a.is_grantable)
	  FROM object o
	  LEFT JOIN pg_proc p ON o.classid = 'pg_proc'::regclass AND p.oid = o.objid
	  LEFT JOIN pg_class c ON o.classid = 'pg_class'::regclass AND c.oid = o.objid
	  LEFT JOIN pg_type t ON o.classid = 'pg_type'::regclass AND t.oid = o.objid
	  LEFT JOIN pg_namespace n ON o.classid = 'pg_namespace'::regclass AND n.oid = o.objid
	 CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, c.relacl, t.typacl, n.nspacl,
			   CASE WHEN p.oid IS NOT NULL THEN acldefault('f', p.proowner)
					WHEN c.oid IS NOT NULL THEN acldefault('r', c.relowner)
					WHEN t.oid IS NOT NULL AND t.typelem = 0 THEN acldefault('T', t.typowner) END)) a
	-- the catalogs, each row as a whole
	UNION ALL
	SELECT pg_describe_object('pg_extension'::regclass, e.oid, 0), p.key, p.value
	  FROM pg_extension e
	 CROSS JOIN LATERAL jsonb_each_text(to_jsonb(e) - '{oid,extconfig}'::text[]
			   || jsonb_build_object('extowner', e.extowner::regrole, 'extnamespace', e.extnamespace::regnamespace,
					 'extconfig', (SELECT jsonb_agg(c::regclass ORDER BY c::regclass::text) FROM unnest(e.extconfig) c))) p
	 WHERE e.extname = 'ogw_logs'
	UNION ALL
	SELECT pg_describe_object('pg_proc'::regclass, f.oid, 0), 'definition', pg_get_functiondef(f.oid)
	  FROM pg_proc f JOIN object o ON o.classid = 'pg_proc'::regclass AND o.objid = f.oid
	UNION ALL
	SELECT pg_describe_object('pg_proc'::regclass, f.oid, 0), 'owner', f.proowner::regrole::text
	  FROM pg_proc f JOIN object o ON o.classid = 'pg_proc'::regclass AND o.objid = f.oid
	UNION ALL
	SELECT pg_describe_object('pg_type'::regclass, t.oid, 0), p.key, p.value
	  FROM pg_type t JOIN object o ON o.classid = 'pg_type'::regclass AND o.objid = t.oid
	 CROSS JOIN LATERAL jsonb_each_text(to_jsonb(t) - '{oid,typrelid,typarray,typacl,typnamespace}'::text[]
			   || jsonb_build_object('typowner', t.typowner::regrole, 'typelem', t.typelem::regtype)) p
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, r.oid, 0), p.key, p.value
	  FROM relation r
	 CROSS JOIN LATERAL jsonb_each_text(to_jsonb(r) - '{oid,relnamespace,reltype,relfilenode,relpages,reltuples,relallvisible,
				relallfrozen,relfrozenxid,relminmxid,relacl,relnatts,relhasindex,relhasrules,relhastriggers}'::text[]
			   || jsonb_build_object('relowner', r.relowner::regrole, 'relam', (SELECT m.amname FROM pg_am m WHERE m.oid = r.relam),
					 'reltoastrelid', r.reltoastrelid <> 0, 'relpartbound', pg_get_expr(r.relpartbound, r.oid),
					 'partitioned by', pg_get_partkeydef(r.oid))) p
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, r.oid, 0), 'view', pg_get_viewdef(r.oid)
	  FROM relation r WHERE r.relkind IN ('v', 'm')
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, r.oid, 0), 'columns',
		   string_agg(a.attname, ', ' ORDER BY a.attnum)
	  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
	 GROUP BY r.oid
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, r.oid, a.attnum), p.key, p.value
	  FROM relation r
	  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
	  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	 CROSS JOIN LATERAL jsonb_each_text(to_jsonb(a) - '{attrelid,attnum,attcacheoff,atthasmissing,attmissingval,attoptions}'::text[]
			   || jsonb_build_object('atttypid', format_type(a.atttypid, a.atttypmod), 'attcollation', a.attcollation::regcollation,
					 'default', pg_get_expr(d.adbin, d.adrelid),
					 'attoptions', (SELECT jsonb_agg(o) FROM unnest(a.attoptions) o WHERE o ~ '^n_distinct'))) p
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, x.indexrelid, 0), p.key, p.value
	  FROM pg_index x JOIN relation r ON r.oid = x.indrelid
	 CROSS JOIN LATERAL jsonb_each_text(to_jsonb(x) - '{indexrelid,indrelid,indcheckxmin,indkey,indcollation,indclass,indexprs,indpred}'::text[]
			   || jsonb_build_object('index', pg_get_indexdef(x.indexrelid))) p
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, k.conrelid, 0), 'constraint ' || k.conname,
		   format('%s deferrable %s deferred %s validated %s local %s inherited %s no inherit %s', pg_get_constraintdef(k.oid),
				  k.condeferrable, k.condeferred, k.convalidated, k.conislocal, k.coninhcount, k.connoinherit)
	  FROM pg_constraint k JOIN relation r ON r.oid = k.conrelid
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, t.tgrelid, 0), 'trigger ' || t.tgname,
		   format('%s enabled %s internal %s', pg_get_triggerdef(t.oid), t.tgenabled, t.tgisinternal)
	  FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, y.polrelid, 0), 'policy ' || y.polname,
		   format('%s permissive %s to %s using %s check %s', y.polcmd, y.polpermissive, y.polroles::regrole[],
				  pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid))
	  FROM pg_policy y JOIN relation r ON r.oid = y.polrelid
	UNION ALL
	SELECT pg_describe_object('pg_class'::regclass, i.inhrelid, 0), 'inherits', format('%s %s', i.inhparent::regclass, i.inhseqno)
	  FROM pg_inherits i JOIN relation r ON r.oid = i.inhrelid
)
SELECT format('%s | %s | %s', l.of_object, l.property, replace(l.value, E'\n', '\n')) COLLATE "C" AS line
  FROM line l
 WHERE l.value IS NOT NULL
 ORDER BY line;
