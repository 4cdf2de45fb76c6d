using System.Runtime.InteropServices;
using PersonalCareApi.Configuration;

namespace PersonalCareApi.Tests.Configuration;

/// <summary>The allocator of the system is asked where it understands, and nowhere is it a fault.</summary>
[TestFixture]
internal sealed class NativeHeapTests
{
    [Test]
    public void It_holds_wherever_the_allocator_knows_these_options() =>
        Assert.That(NativeHeap.GiveBack(), Is.EqualTo(NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallopt", out _)));
}
