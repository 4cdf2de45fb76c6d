using PersonalCareApi.Domain.Notes;

namespace PersonalCareApi.Domain.Tests.Notes;

/// <summary>The content hash: one canonical text, the same for whoever computes it.</summary>
[TestFixture]
internal sealed class NoteDigestTests
{
    private static readonly NoteMatter Note = new()
    {
        Id = Guid.Parse("01970C1E-7A52-7C3E-9C3F-0B6A4D1F2E3D"),
        ClientId = Guid.Parse("0197a000-0000-7000-8000-000000000201"),
        AuthorId = Guid.Parse("0197a000-0000-7000-8000-000000000101"),
        SessionStartAt = new DateTimeOffset(2026, 5, 4, 11, 30, 0, TimeSpan.FromHours(2)),
        Format = NoteFormat.Dap,
        Sections = new Dictionary<string, string>
        {
            ["plan"] = "Next week.\r\n\tThen \"rest\".",
            ["data"] = "Slept \\ ate <well> & laughed; größer, 眠り, \U0001F600",
            ["assessment"] = "Bell \u0007 and form feed \f and back \b, 2 > 1 + 0",
        },
        Modalities = ["cbt", "act"],
        Techniques = ["thought records"],
        GoalIds = [Guid.Parse("01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e")],
        Sensitivities = ["SUD"],
        Alliance = new AllianceMatter("client", "session-check-in", 8.50m),
    };

    /// <summary>As Python's <c>json.dumps(note, sort_keys=True, separators=(",", ":"), ensure_ascii=False)</c> writes the same note.</summary>
    private const string Canonical =
        """{"alliance":{"by":"client","scale":"session-check-in","value":8.5},"author":"0197a000-0000-7000-8000-000000000101","clientId":"0197a000-0000-7000-8000-000000000201","content":{"assessment":"Bell \u0007 and form feed \f and back \b, 2 > 1 + 0","data":"Slept \\ ate <well> & laughed; größer, 眠り, 😀","plan":"Next week.\r\n\tThen \"rest\"."},"format":"dap","goalIds":["01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e"],"id":"01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d","modalities":["cbt","act"],"sensitivities":["SUD"],"sessionStartAt":"2026-05-04T09:30:00Z","techniques":["thought records"]}""";

    [Test]
    public void The_text_is_that_of_RFC_8785() => Assert.That(NoteDigest.Canonical(Note), Is.EqualTo(Canonical));

    [Test]
    public void The_hash_is_SHA_256_of_the_text() => Assert.That(NoteDigest.Of(Note), Is.EqualTo("704d631812c9ef21b69494fa68a5c72f7ee4d4c22074dca6f3faf94b093dc557"));

    [Test]
    public void What_is_not_there_is_null_or_empty_and_no_section() =>
        Assert.That(
            NoteDigest.Canonical(Note with { Alliance = null, Techniques = [], Sections = new Dictionary<string, string>() }),
            Does.StartWith("""{"alliance":null,""").And.Contain("""content":{},""").And.EndWith("""techniques":[]}"""));

    private static IEnumerable<NoteMatter> Others()
    {
        yield return Note with { Id = Note.ClientId };
        yield return Note with { ClientId = Note.AuthorId };
        yield return Note with { AuthorId = Note.ClientId };
        yield return Note with { SessionStartAt = Note.SessionStartAt.AddMicroseconds(1) };
        yield return Note with { Format = NoteFormat.Soap };
        yield return Note with { Sections = new Dictionary<string, string> { ["data"] = "x", ["plan"] = "y" } };
        yield return Note with { Sections = new Dictionary<string, string> { ["data"] = "y", ["plan"] = "x" } };
        yield return Note with { Modalities = ["cbt"] };
        yield return Note with { Modalities = ["act", "cbt"] };
        yield return Note with { Techniques = [] };
        yield return Note with { GoalIds = [] };
        yield return Note with { Sensitivities = [] };
        yield return Note with { Alliance = null };
        yield return Note with { Alliance = Note.Alliance! with { Value = 8 } };
    }

    [Test]
    public void Whatever_is_changed_changes_the_hash() =>
        Assert.That(Others().Append(Note).Select(NoteDigest.Of), Is.Unique);

    [Test]
    public void A_trailing_zero_or_another_offset_changes_nothing() =>
        Assert.That(
            NoteDigest.Of(Note with { Alliance = Note.Alliance! with { Value = 8.5m }, SessionStartAt = Note.SessionStartAt.ToUniversalTime() }),
            Is.EqualTo(NoteDigest.Of(Note)));

    [Test]
    public void Every_format_has_sections_of_its_own_and_a_word()
    {
        var formats = Enum.GetValues<NoteFormat>();
        Assert.That(formats.Select(format => format.Code()), Is.Unique);
        Assert.That(formats.Select(format => string.Join(' ', format.Sections())), Is.EqualTo([
            "subjective objective assessment plan", "data assessment plan", "behavior intervention response plan",
            "goal intervention response plan", "narrative",
        ]));
    }
}
