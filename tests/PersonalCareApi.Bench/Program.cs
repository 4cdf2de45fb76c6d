using System.CommandLine;
using PersonalCareApi.Bench;

// Measurements and long runs of the program, apart from the tests: a timing is never a test.
var seconds = new Option<int>("--seconds") { Description = "How long it runs.", DefaultValueFactory = _ => 30 };

var consent = new Command("consent", "What decision and facts add to a read, with 0, 1, 10 and 100 provisions on record.");
consent.SetAction((_, ct) => ConsentCost.Measure(Console.Out, ct));

var withdrawal = new Command("withdrawal", "Readers at full speed on two servers over one database while consents are withdrawn.") { seconds };
withdrawal.SetAction((parsed, ct) => WithdrawalRace.Run(TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.Out, ct));

var kill = new Command("kill", "A server killed at random moments under write load, and started again.") { seconds };
kill.SetAction((parsed, ct) => KillRace.Run(TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.Out, ct));

return await new RootCommand("Measures PersonalCareApi.") { consent, withdrawal, kill }.Parse(args).InvokeAsync();
