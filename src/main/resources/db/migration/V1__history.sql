-- The history of jobs and their logs (docs/adr/0025-history.md). PostgreSQL and H2 (in its mode for PostgreSQL) both
-- execute this file. A type without a length has no limit in PostgreSQL, and 1,048,576 characters or bytes in H2.

create table job (
    uid varchar(100) primary key,
    workspace varchar(63) not null,
    name varchar(63) not null,
    node varchar(253),
    slurm_partition varchar(200),
    phase varchar(20) not null,
    reason varchar(40),
    submitted_by varchar(500),
    created_at timestamp(6) with time zone not null,
    first_seen_at timestamp(6) with time zone not null,
    seen_at timestamp(6) with time zone not null,
    removed_at timestamp(6) with time zone,
    -- The uid while the pod exists.
    live_uid varchar(100),
    -- When it ended, or else when it started.
    active_at timestamp(6) with time zone,
    queue_seconds bigint,
    run_seconds bigint,
    -- Since when its logs can be archived; null if they can't be, or are.
    log_due_since timestamp(6) with time zone,
    logs_archived boolean not null,
    version bigint not null,
    changes integer not null,
    document varchar not null,
    search_text varchar not null,
    mlflow_tracking_uri varchar(2048),
    mlflow_experiment varchar(1000),
    mlflow_run varchar(64)
);

-- Pages, newest first: one index for each filter.
create index job_by_time on job (workspace, created_at desc, uid desc);
create index job_by_name on job (workspace, name, created_at desc, uid desc);
create index job_by_node on job (workspace, node, created_at desc, uid desc);
create index job_by_phase on job (workspace, phase, created_at desc, uid desc);
create index job_by_reason on job (workspace, reason, created_at desc, uid desc);
create index job_by_submitter on job (workspace, submitted_by, created_at desc, uid desc);
create index job_live on job (workspace, live_uid);
create index job_active on job (node, active_at);
create index job_removed on job (removed_at);
create index job_log_due on job (log_due_since);

create table job_label (
    uid varchar(100) not null,
    label_key varchar(317) not null,
    label_value varchar(63) not null,
    workspace varchar(63) not null,
    created_at timestamp(6) with time zone not null,
    primary key (uid, label_key)
);
create index job_label_by_value on job_label (workspace, label_key, label_value, created_at desc, uid desc);

create table job_container (
    uid varchar(100) not null,
    ordinal integer not null,
    name varchar(253) not null,
    primary key (uid, ordinal)
);

-- Compressed with gzip.
create table job_origin (
    uid varchar(100) primary key,
    definition bytea,
    manifest bytea
);

create table job_change (
    uid varchar(100) not null,
    ordinal integer not null,
    version bigint not null,
    seen_at timestamp(6) with time zone not null,
    document varchar not null,
    primary key (uid, ordinal)
);

-- A log may be stored before its job: there are no foreign keys.
create table job_log (
    uid varchar(100) not null,
    container varchar(253) not null,
    workspace varchar(63),
    completeness varchar(20) not null,
    note varchar(1000),
    size bigint not null,
    kept bigint not null,
    stored_bytes bigint not null,
    sha256 varchar(64),
    archived_at timestamp(6) with time zone not null,
    -- When it was archived, while it has chunks.
    expires_from timestamp(6) with time zone,
    primary key (uid, container)
);
create index job_log_expiry on job_log (expires_from);
create index job_log_expiry_in_workspace on job_log (workspace, expires_from);

create table log_chunk (
    uid varchar(100) not null,
    container varchar(253) not null,
    ordinal integer not null,
    start_byte bigint not null,
    start_line bigint not null,
    length integer not null,
    content bytea not null,
    primary key (uid, container, ordinal)
);

create table log_reservation (
    uid varchar(100) not null,
    container varchar(253) not null,
    holder varchar(36) not null,
    held_until timestamp(6) with time zone not null,
    primary key (uid, container)
);

create table lease (
    name varchar(40) primary key,
    holder varchar(36) not null,
    held_until timestamp(6) with time zone not null
);
