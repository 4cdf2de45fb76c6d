using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PersonalCareApi.Configuration;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Data;

/// <summary>Sets the database up: which one, where, and what runs before the first request.</summary>
internal static class DatabaseRegistration
{
    public static void AddDatabase(this WebApplicationBuilder builder)
    {
        ColumnTypes.Register();
        var services = builder.Services;
        var folder = DataFolder.From(builder.Configuration, builder.Environment);
        services.AddSingleton(folder);
        var dialect = DialectFor(builder.Configuration, folder);
        services.AddSingleton(_ => dialect);
        services.AddSingleton<Resilience>();
        services.AddSingleton<Database>();
        services.AddSingleton<MigrationRunner>();
        services.AddSingleton<MigrationState>();
        services.AddSingleton<DatabaseFile>();
        services.AddSingleton<Facts>();
        services.AddSingleton<ClientKeys>();
        services.TryAddSingleton<InstallationKeys>();
        services.AddSingleton<MasterKey>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<KeyRewrapping>();
        services.AddSingleton<WriteQueue>();
        services.AddScoped<WriteUnit>();

        // In this order: hosted services start one after the other, and the server last of all.
        if (Settings.MigrateOnStart.In(builder.Configuration) is true)
        {
            services.AddHostedService<MigrateOnStart>();
        }

        // Before the framework looks at the ring, which makes it a new key where it can open none.
        services.AddHostedService<MasterKeyOnStart>();
        MasterKey.Register(builder, folder);

        services.AddHostedService(provider => provider.GetRequiredService<WriteQueue>());
    }

    private static Dialect DialectFor(ConfigurationManager configuration, DataFolder folder)
    {
        var connection = Settings.Connection.In(configuration);
        return Settings.Provider.In(configuration) == Settings.SqlServer
            ? new SqlServerDialect(connection!)
            : new SqliteDialect(connection ?? new SqliteConnectionStringBuilder
            {
                DataSource = folder.File("personal-care.db"),
                DefaultTimeout = 5,
            }.ToString());
    }

    /// <summary>Migrates before anything else starts.</summary>
    private sealed class MigrateOnStart(MigrationRunner migrations) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            migrations.Run();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Whether the database has every migration of this program; asked until it is so, then remembered.</summary>
internal sealed class MigrationState(MigrationRunner migrations)
{
    private bool upToDate;

    public bool UpToDate => upToDate || (upToDate = migrations.IsUpToDate());
}
