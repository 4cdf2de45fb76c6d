namespace PersonalCareApi.Tests.Promises;

/// <summary>
/// The full CREATE scripts in <c>Data/Schema</c> say what the migrations leave, on both databases, and the two databases
/// have the same.
/// </summary>
[TestFixture]
internal sealed class SchemaTests
{
    private const string Migrations = "the migrations";
    private const string Full = "the schema";

    private static string MigrationsOf(string dialect) => string.Join('\n', Statements.Scripts(dialect).Select(script => script.Text));

    [Test]
    public void Both_databases_have_scripts_of_the_same_names()
    {
        Assert.That(Schema.Scripts("SqlServer").Select(script => script.Name), Is.EqualTo(Schema.Scripts("Sqlite").Select(script => script.Name)));
        Assert.That(Schema.Scripts("SqlServer"), Has.Count.GreaterThan(5));
        Assert.That(
            new[] { "SqlServer", "Sqlite" }.SelectMany(Schema.Scripts).Where(script => script.Text.Contains("ALTER ", StringComparison.Ordinal)).Select(script => script.Name),
            Is.Empty, "Each table is told whole.");
    }

    [Test]
    public void The_schema_of_SQLite_is_what_the_migrations_leave() =>
        Assert.That(OnSqlite(MigrationsOf("Sqlite"), Schema.Text("Sqlite")), Is.Empty);

    [Test]
    public void The_schema_of_SQL_Server_is_what_the_migrations_leave() =>
        Assert.That(OnSqlServer(MigrationsOf("SqlServer"), Schema.Text("SqlServer")), Is.Empty);

    [Test]
    public void Both_databases_have_the_same_tables_columns_keys_checks_and_indexes()
    {
        var shared = SqlServerSchema.Of(Schema.Text("SqlServer")).Shared;

        Assert.That(shared, Has.Count.GreaterThan(200));
        Assert.That(shared, Does.Contain("partner.code text not null"));
        Assert.That(shared, Does.Contain("partner: primary key (id)"));
        Assert.That(shared, Does.Contain("partner: default of version 1"));
        Assert.That(shared, Does.Contain("partner: check (default_rule IN ('opt-in', 'implied-treatment'))"));
        Assert.That(shared, Does.Contain("issuer: unique (url, audience)"));
        Assert.That(shared, Does.Contain("issuer: foreign key (partner_id) references partner (id)"));
        Assert.That(
            shared, Does.Contain("practitioner: unique index ix_practitioner_external_id (partner_id, external_id) where external_id IS NOT NULL"));
        Assert.That(BetweenDatabases(Schema.Text("SqlServer"), Schema.Text("Sqlite")), Is.Empty);
    }

    [Test]
    public void Each_script_refers_only_to_tables_that_the_scripts_before_it_have_made()
    {
        Assert.That(TooEarly(Schema.Scripts("SqlServer")), Is.Empty);
        Assert.That(
            TooEarly([.. Schema.Scripts("SqlServer").Reverse()]),
            Does.Contain("40_assessments.sql: assessment: foreign key (client_id) references client (client_id)"), "planted: the other way round");
    }

    [TestCase("    token_types TEXT NOT NULL,\n", "", "only the migrations: issuer.token_types TEXT")]
    [TestCase("    audience TEXT NOT NULL,\n", "    audience TEXT NOT NULL,\n    realm TEXT,\n", "only the schema: issuer.realm TEXT")]
    [TestCase("    generation INTEGER NOT NULL,", "    generation TEXT NOT NULL,", "only the schema: client_key.generation TEXT")]
    [TestCase("    generation INTEGER NOT NULL,", "    generation INTEGER,", "only the schema: client_key.generation INTEGER collate BINARY")]
    [TestCase("    issuer_id TEXT COLLATE NOCASE NOT NULL,", "    issuer_id TEXT NOT NULL,", "only the schema: subject_link.issuer_id TEXT collate BINARY")]
    [TestCase("DEFAULT 'given'", "DEFAULT 'discovery'", "only the schema: issuer: default of key_source 'discovery'")]
    [TestCase("PRIMARY KEY (client_id, generation)", "PRIMARY KEY (client_id)", "only the schema: client_key: primary key (client_id)")]
    [TestCase(" AUTOINCREMENT", "", "only the migrations: change_row.position INTEGER collate BINARY autoincrement")]
    [TestCase("UNIQUE (url, audience)", "UNIQUE (url)", "only the migrations: issuer: unique (url, audience)")]
    [TestCase(
        ",\n    CONSTRAINT fk_assessment_1 FOREIGN KEY (client_id) REFERENCES client (client_id)", "",
        "only the migrations: assessment: foreign key (client_id) references client (client_id)")]
    [TestCase("REFERENCES client (client_id)", "REFERENCES client (client_id) ON DELETE CASCADE", "only the schema: client_key: foreign key (client_id) references client (client_id) on delete CASCADE")]
    [TestCase("'final', 'incomplete'", "'final'", "only the schema: assessment: check (status IN ('final', 'retracted'))")]
    [TestCase("CREATE INDEX ix_issuer_partner ON issuer (partner_id);", "", "only the migrations: issuer: index ix_issuer_partner (partner_id)")]
    [TestCase("ON issuer (partner_id)", "ON issuer (partner_id DESC)", "only the schema: issuer: index ix_issuer_partner (partner_id desc)")]
    [TestCase("CREATE UNIQUE INDEX", "CREATE INDEX", "only the schema: practitioner: index ix_practitioner_external_id")]
    [TestCase(" WHERE external_id IS NOT NULL", "", "only the migrations: practitioner: unique index ix_practitioner_external_id (partner_id, external_id) where external_id IS NOT NULL")]
    public void A_schema_of_SQLite_that_says_something_else_is_found(string there, string instead, string difference) =>
        Assert.That(OnSqlite(MigrationsOf("Sqlite"), Planted("Sqlite", there, instead)), Has.Some.StartsWith(difference));

    [TestCase("    generation int NOT NULL,\n", "", "only the migrations: client_key.generation int not null")]
    [TestCase("    generation int NOT NULL,", "    generation bigint NOT NULL,", "only the schema: client_key.generation bigint not null")]
    [TestCase("    generation int NOT NULL,", "    generation int,", "only the schema: client_key.generation int")]
    [TestCase("    code nvarchar(64) ", "    code nvarchar(32) ", "only the schema: partner.code nvarchar(32)")]
    [TestCase("    code nvarchar(64) COLLATE Latin1_General_100_BIN2", "    code nvarchar(64)", "only the migrations: partner.code nvarchar(64) collate Latin1_General_100_BIN2")]
    [TestCase("datetime2(6)", "datetime2(7)", "only the schema: partner.created_at datetime2(7)")]
    [TestCase("DEFAULT 'given'", "DEFAULT 'discovery'", "only the schema: issuer: default of key_source 'discovery'")]
    [TestCase("df_issuer_key_source", "df_issuer_keys", "only the schema: issuer: default of key_source 'given' [df_issuer_keys]")]
    [TestCase("IDENTITY(1,1)", "IDENTITY(1,2)", "only the schema: change_row.position bigint not null IDENTITY(1,2)")]
    [TestCase("PRIMARY KEY NONCLUSTERED (client_id)", "PRIMARY KEY CLUSTERED (client_id)", "only the schema: client: primary key (client_id) [pk_client clustered]")]
    [TestCase("UNIQUE (url, audience)", "UNIQUE (url)", "only the migrations: issuer: unique (url, audience)")]
    [TestCase(
        ",\n    CONSTRAINT fk_assessment_1 FOREIGN KEY (client_id) REFERENCES client (client_id)", "",
        "only the migrations: assessment: foreign key (client_id) references client (client_id)")]
    [TestCase("REFERENCES client (client_id)", "REFERENCES client (client_id) ON DELETE CASCADE", "only the schema: client_key: foreign key (client_id) references client (client_id) on delete CASCADE")]
    [TestCase("'final', 'incomplete'", "'final'", "only the schema: assessment: check (status IN ('final', 'retracted'))")]
    [TestCase("CREATE INDEX ix_issuer_partner ON issuer (partner_id);", "", "only the migrations: issuer: index ix_issuer_partner (partner_id)")]
    [TestCase("CREATE CLUSTERED INDEX ix_client_created", "CREATE INDEX ix_client_created", "only the schema: client: index ix_client_created (partner_id, created_at, client_id) [nonclustered]")]
    [TestCase("ON issuer (partner_id)", "ON issuer (partner_id) INCLUDE (url)", "only the schema: issuer: index ix_issuer_partner (partner_id) [nonclustered include (url)]")]
    [TestCase("CREATE UNIQUE INDEX", "CREATE INDEX", "only the schema: practitioner: index ix_practitioner_external_id")]
    [TestCase(" WHERE external_id IS NOT NULL", "", "only the migrations: practitioner: unique index ix_practitioner_external_id (partner_id, external_id) where external_id IS NOT NULL")]
    public void A_schema_of_SQL_Server_that_says_something_else_is_found(string there, string instead, string difference) =>
        Assert.That(OnSqlServer(MigrationsOf("SqlServer"), Planted("SqlServer", there, instead)), Has.Some.StartsWith(difference));

    [TestCase("    token_types TEXT NOT NULL,\n", "", "only SQL Server: issuer.token_types text not null")]
    [TestCase("    generation INTEGER NOT NULL,", "    generation TEXT NOT NULL,", "only SQLite: client_key.generation text not null")]
    [TestCase("DEFAULT 'given'", "DEFAULT 'discovery'", "only SQLite: issuer: default of key_source 'discovery'")]
    [TestCase("PRIMARY KEY (client_id, generation)", "PRIMARY KEY (client_id)", "only SQL Server: client_key: primary key (client_id, generation)")]
    [TestCase("UNIQUE (url, audience)", "UNIQUE (url)", "only SQL Server: issuer: unique (url, audience)")]
    [TestCase("REFERENCES client (client_id)", "REFERENCES partner (id)", "only SQLite: client_key: foreign key (client_id) references partner (id)")]
    [TestCase("'final', 'incomplete'", "'final'", "only SQLite: assessment: check (status IN ('final', 'retracted'))")]
    [TestCase("CREATE INDEX ix_issuer_partner ON issuer (partner_id);", "", "only SQL Server: issuer: index ix_issuer_partner (partner_id)")]
    public void What_the_two_databases_have_differently_is_found(string there, string instead, string difference) =>
        Assert.That(BetweenDatabases(Schema.Text("SqlServer"), Planted("Sqlite", there, instead)), Has.Some.StartsWith(difference));

    [Test]
    public void A_column_that_a_later_migration_adds_to_SQLite_is_missed_until_the_schema_has_it()
    {
        var migrations = $"""
            {MigrationsOf("Sqlite")}
            ALTER TABLE partner ADD COLUMN colour TEXT NOT NULL DEFAULT 'green';
            ALTER TABLE partner ADD COLUMN owner_id TEXT COLLATE NOCASE REFERENCES practitioner (id);
            CREATE INDEX ix_partner_colour ON partner (colour);
            """;
        var written = Planted(
            "Sqlite", "CONSTRAINT pk_partner",
            "colour TEXT NOT NULL DEFAULT 'green', owner_id TEXT COLLATE NOCASE, CONSTRAINT fk_partner_1 FOREIGN KEY (owner_id) REFERENCES practitioner (id), CONSTRAINT pk_partner");

        Assert.That(OnSqlite(migrations, Schema.Text("Sqlite")), Is.SupersetOf(new[]
        {
            "only the migrations: partner.colour TEXT collate BINARY not null",
            "only the migrations: partner: default of colour 'green'",
            "only the migrations: partner: foreign key (owner_id) references practitioner (id)",
        }));
        Assert.That(OnSqlite(migrations, $"{written}\nCREATE INDEX ix_partner_colour ON partner (colour);"), Is.Empty);
    }

    [Test]
    public void A_column_that_a_later_migration_adds_to_SQL_Server_is_missed_until_the_schema_has_it()
    {
        var migrations = $"""
            {MigrationsOf("SqlServer")}
            ALTER TABLE partner ADD colour nvarchar(16) NOT NULL CONSTRAINT df_partner_colour DEFAULT 'green';
            ALTER TABLE partner ADD owner_id uniqueidentifier;
            ALTER TABLE partner ADD CONSTRAINT fk_partner_1 FOREIGN KEY (owner_id) REFERENCES practitioner (id);
            GO
            UPDATE partner SET owner_id = NULL;
            CREATE INDEX ix_partner_colour ON partner (colour);
            """;
        var written = Planted(
            "SqlServer", "CONSTRAINT pk_partner",
            "colour nvarchar(16) NOT NULL CONSTRAINT df_partner_colour DEFAULT 'green', owner_id uniqueidentifier, CONSTRAINT fk_partner_1 FOREIGN KEY (owner_id) REFERENCES practitioner (id), CONSTRAINT pk_partner");

        Assert.That(OnSqlServer(migrations, Schema.Text("SqlServer")), Is.SupersetOf(new[]
        {
            "only the migrations: partner.colour nvarchar(16) not null",
            "only the migrations: partner: default of colour 'green' [df_partner_colour]",
            "only the migrations: partner: foreign key (owner_id) references practitioner (id) [fk_partner_1]",
        }));
        Assert.That(OnSqlServer(migrations, $"{written}\nCREATE INDEX ix_partner_colour ON partner (colour);"), Is.Empty);
    }

    [TestCase("DROP TABLE partner;")]
    [TestCase("ALTER TABLE nowhere ADD colour int;")]
    [TestCase("ALTER TABLE partner DROP COLUMN name;")]
    [TestCase("ALTER TABLE partner ALTER COLUMN name nvarchar(100);")]
    public void A_statement_after_which_the_schema_cannot_be_told_is_named(string statement) =>
        Assert.That(
            () => SqlServerSchema.Of($"{MigrationsOf("SqlServer")}\n{statement}"), Throws.TypeOf<NotSupportedException>().With.Message.Contains(statement.TrimEnd(';')));

    private static IReadOnlyList<string> OnSqlite(string migrations, string schema) =>
        Schema.Differences(Migrations, SqliteSchema.Of(migrations).Own, Full, SqliteSchema.Of(schema).Own);

    private static IReadOnlyList<string> OnSqlServer(string migrations, string schema) =>
        Schema.Differences(Migrations, SqlServerSchema.Of(migrations).Own, Full, SqlServerSchema.Of(schema).Own);

    private static IReadOnlyList<string> BetweenDatabases(string sqlServer, string sqlite) =>
        Schema.Differences("SQL Server", SqlServerSchema.Of(sqlServer).Shared, "SQLite", SqliteSchema.Of(sqlite).Shared);

    /// <summary>The schema with one thing otherwise, where it stands first.</summary>
    private static string Planted(string dialect, string there, string instead)
    {
        var text = Schema.Text(dialect);
        var place = text.IndexOf(there, StringComparison.Ordinal);
        Assert.That(place, Is.Not.Negative, $"There is no {there} in the schema any more.");
        return text[..place] + instead + text[(place + there.Length)..];
    }

    /// <summary>References to tables that neither the script nor one before it makes.</summary>
    private static List<string> TooEarly(IReadOnlyList<(string Name, string Text)> scripts)
    {
        var known = new HashSet<string>();
        var early = new List<string>();
        foreach (var (name, text) in scripts)
        {
            var schema = SqlServerSchema.Of(text);
            foreach (var table in schema.Columns.Select(column => column.Table).Distinct())
            {
                known.Add(table);
                early.AddRange(schema.Shared
                    .Where(fact => fact.StartsWith($"{table}: ", StringComparison.Ordinal)
                        && fact.Split(" references ") is [_, var target] && !known.Contains(target.Split(' ')[0]))
                    .Select(fact => $"{name}: {fact}"));
            }
        }

        return early;
    }
}
