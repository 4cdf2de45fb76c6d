using System.CommandLine;
using System.Text.Json;
using FluentValidation;
using PersonalCareApi.Configuration;
using PersonalCareApi.Data;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Commands;

/// <summary>One run of an operator's command: what it was given, what it may use, how it answers.</summary>
internal sealed class Verb(WebApplication app, IServiceProvider services, ParseResult arguments, bool json)
{
    public bool IsDevelopment => app.Environment.IsDevelopment();

    /// <summary>A command that answers in words, or with <c>--json</c> in JSON.</summary>
    public static Command Make(
        WebApplication app, string name, string description, Func<Verb, CancellationToken, Task> run, params IEnumerable<Symbol> takes)
    {
        var json = new Option<bool>("--json") { Description = "Answer in JSON." };
        var command = new Command(name, description) { json };
        foreach (var symbol in takes)
        {
            switch (symbol)
            {
                case Option option:
                    command.Add(option);
                    break;
                case Argument argument:
                    command.Add(argument);
                    break;
                default:
                    throw new ArgumentException("A command takes options and arguments.", nameof(takes));
            }
        }

        command.SetAction(async (parsed, ct) =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            try
            {
                await run(new Verb(app, scope.ServiceProvider, parsed, parsed.GetValue(json)), ct);
                return CommandLine.Done;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // Whoever runs commands may know what went wrong: it is their installation.
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    error is CommandFailed or MasterKeyUnavailable or DatabaseFileRefused or DatabaseIsNewer ? error.Message : $"{error.GetType().Name}: {error.Message}");
                return CommandLine.Failed;
            }
        });
        return command;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>What this installation has set.</summary>
    public T Setting<T>(Setting<T> setting) => setting.In(app.Configuration);

    public T Value<T>(Option<T> option) => arguments.GetRequiredValue(option);

    public T Value<T>(Argument<T> argument) => arguments.GetRequiredValue(argument);

    public T? ValueOrNull<T>(Option<T> option) => arguments.GetValue(option);

    /// <summary>Whether the option was given.</summary>
    public bool Has(Option option) => arguments.GetResult(option) is { Implicit: false };

    /// <summary>Answers with a value, which is written in these words where no JSON is asked for.</summary>
    public void Answer<T>(T value, string words) =>
        arguments.InvocationConfiguration.Output.WriteLine(json ? JsonSerializer.Serialize(value, Json.Options) : words);

    /// <summary>Answers with a list, one line an item.</summary>
    public void AnswerAll<T>(IReadOnlyList<T> items, Func<T, string> words)
    {
        if (json || items.Count > 0)
        {
            Answer(items, string.Join(Environment.NewLine, items.Select(words)));
        }
    }

    /// <summary>Writes text as it stands.</summary>
    public void Write(string text) => arguments.InvocationConfiguration.Output.Write(text);

    /// <summary>Says how far it is, beside the answer.</summary>
    public void Tell(string words) => arguments.InvocationConfiguration.Error.WriteLine(words);

    /// <summary>Fails where the value breaks a rule, naming each.</summary>
    public void Check<T>(T value)
    {
        var breaches = Rules.BreachesInBody(Get<IValidator<T>>(), value);
        if (breaches.Count > 0)
        {
            throw new CommandFailed(breaches);
        }
    }

    /// <exception cref="CommandFailed">The database is not there, or is another version's.</exception>
    public void RequireDatabase()
    {
        if (!Get<MigrationRunner>().IsUpToDate())
        {
            throw new CommandFailed("The database is not at this program's version. Run migrate first.");
        }
    }

    /// <summary>The partner of that code.</summary>
    public async Task<Partner> Partner(string code, CancellationToken ct)
    {
        RequireDatabase();
        return await Get<PartnerRepository>().Find(code, ct) is { } partner && partner.Code == code
            ? partner
            : throw new CommandFailed($"There is no partner {code}.");
    }

    /// <summary>Collects a change and commits it, as a request's would be.</summary>
    public Task Commit(Action<WriteUnit> change, string duplicate, CancellationToken ct) => WithWriter(async () =>
    {
        var unit = Get<WriteUnit>();
        change(unit);
        switch (await Get<WriteQueue>().Commit(unit, ct))
        {
            case CommitOutcome.Committed:
                return;
            case CommitOutcome.Missed { Miss: WriteMiss.AlreadyExists }:
                throw new CommandFailed(duplicate);
            default:
                throw new CommandFailed("It has changed meanwhile. Try again.");
        }
    });

    /// <summary>Runs something while units are committed.</summary>
    public async Task WithWriter(Func<Task> work)
    {
        var writer = Get<WriteQueue>();
        await writer.StartAsync(CancellationToken.None);
        try
        {
            await work();
        }
        finally
        {
            await writer.StopAsync(CancellationToken.None);
        }
    }
}

/// <summary>A command could not be done; the message says why.</summary>
internal sealed class CommandFailed : Exception
{
    public CommandFailed(string message)
        : base(message)
    {
    }

    public CommandFailed(IEnumerable<Fault> faults)
        : base(string.Join(Environment.NewLine, faults.Select(fault => $"{fault.Pointer?.TrimStart('#', '/')}: {fault.Code}. {fault.Detail}")))
    {
    }
}
