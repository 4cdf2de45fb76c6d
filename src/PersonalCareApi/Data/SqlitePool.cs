using System.Collections.Concurrent;
using System.Data;
using Microsoft.Data.Sqlite;

namespace PersonalCareApi.Data;

/// <summary>Open connections to the embedded database that keep the statements they have parsed.</summary>
/// <remarks>
/// The driver's own pool keeps connections and no statements: each is parsed again at every execution, which takes longer than
/// to run it. SQLite parses a kept one again by itself when the schema has changed.
/// </remarks>
internal sealed class SqlitePool(string connectionString) : IDisposable
{
    private const int MostIdle = 64;

    private readonly string unpooled = new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString();
    private readonly ConcurrentStack<PooledConnection> idle = [];
    private volatile bool disposed;

    /// <summary>A connection that nobody uses, open if there is one; it comes back when it is disposed of.</summary>
    public SqliteConnection Take() => idle.TryPop(out var connection) ? connection.Taken() : new PooledConnection(this, unpooled);

    /// <summary>Closes what nobody uses.</summary>
    public void CloseIdle()
    {
        while (idle.TryPop(out var connection))
        {
            connection.Discard();
        }
    }

    public void Dispose()
    {
        disposed = true;
        CloseIdle();
    }

    private void GiveBack(PooledConnection connection)
    {
        if (disposed || idle.Count >= MostIdle || connection.State != ConnectionState.Open)
        {
            connection.Discard();
            return;
        }

        idle.Push(connection);
        if (disposed)
        {
            // Disposed of in between, and perhaps past this one.
            CloseIdle();
        }
    }

    private sealed class PooledConnection(SqlitePool pool, string connectionString) : SqliteConnection(connectionString)
    {
        private const int MostKept = 200;

        private readonly Dictionary<string, SqliteCommand> kept = [];
        private bool isIdle;
        private bool isDiscarded;

        public PooledConnection Taken()
        {
            isIdle = false;
            return this;
        }

        /// <summary>Closes it for good.</summary>
        public void Discard()
        {
            isDiscarded = true;
            foreach (var command in kept.Values)
            {
                command.Dispose();
            }

            kept.Clear();
            base.Dispose(true);
        }

        public override SqliteCommand CreateCommand() => new KeptCommand(this) { Connection = this, CommandTimeout = DefaultTimeout, Transaction = Transaction };

        /// <summary>The command that has this text parsed, or a new one; nobody else has it until it is given back.</summary>
        public SqliteCommand Statement(string text) =>
            kept.Remove(text, out var command) ? command : new SqliteCommand(text, this);

        /// <summary>Keeps it for the next who runs the same, without what it was run with.</summary>
        public void GiveBack(SqliteCommand command)
        {
            command.Parameters.Clear();
            command.Transaction = null;
            if (isDiscarded || kept.Count >= MostKept || !kept.TryAdd(command.CommandText, command))
            {
                command.Dispose();
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (!disposing || isDiscarded)
            {
                base.Dispose(disposing);
                return;
            }

            // Once: it may be somebody else's by the time that somebody disposes of it again.
            if (!isIdle)
            {
                isIdle = true;
                if (Transaction is null)
                {
                    pool.GiveBack(this);
                }
                else
                {
                    Discard();
                }
            }
        }
    }

    /// <summary>A command that runs on what the connection has parsed before.</summary>
    private sealed class KeptCommand(PooledConnection connection) : SqliteCommand
    {
        private static readonly ConcurrentDictionary<string, string> Names = [];
        private readonly List<SqliteCommand> taken = [];

        public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
        {
            var command = connection.Statement(CommandText);
            taken.Add(command);
            command.CommandTimeout = CommandTimeout;
            command.Transaction = Transaction;
            for (var index = 0; index < Parameters.Count; index++)
            {
                var parameter = Parameters[index];

                // As the statement calls it: under another name the driver looks for it with each prefix in turn.
                parameter.ParameterName = Prefixed(parameter.ParameterName);
                command.Parameters.Add(parameter);
            }

            return command.ExecuteReader(behavior);
        }

        /// <summary>Names come from statements of the program, so there are not many.</summary>
        private static string Prefixed(string name) => name.StartsWith('@') ? name : Names.GetOrAdd(name, static bare => "@" + bare);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                foreach (var command in taken)
                {
                    connection.GiveBack(command);
                }

                taken.Clear();

                // The connection lives on, and would remember this command as one of its own.
                Connection = null;
            }

            base.Dispose(disposing);
        }
    }
}
