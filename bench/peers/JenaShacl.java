import java.util.ArrayList;
import java.util.List;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;
import org.apache.jena.shacl.ValidationReport;
import org.apache.jena.shacl.validation.ReportEntry;

/**
 * Validates graphs with Apache Jena, several times in one JVM: RUNS DATA SHAPES [DATA SHAPES]...
 *
 * Writes "load MS", "run MS" for each run, and a line "result SHAPE COMPONENT FOCUS" for each result of the last.
 */
public class JenaShacl {
    public static void main(String[] arguments) {
        int runs = Integer.parseInt(arguments[0]);
        List<Graph> data = new ArrayList<>();
        List<Shapes> shapes = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 1; i < arguments.length; i += 2) {
            data.add(RDFDataMgr.loadGraph(arguments[i]));
            shapes.add(Shapes.parse(RDFDataMgr.loadGraph(arguments[i + 1])));
        }
        System.out.printf("load\t%d%n", (System.nanoTime() - begin) / 1_000_000);
        List<ValidationReport> reports = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            reports.clear();
            begin = System.nanoTime();
            for (int i = 0; i < data.size(); i++) {
                reports.add(ShaclValidator.get().validate(shapes.get(i), data.get(i)));
            }
            System.out.printf("run\t%d%n", (System.nanoTime() - begin) / 1_000_000);
        }
        for (ValidationReport report : reports) {
            for (ReportEntry entry : report.getEntries()) {
                System.out.printf(
                    "result\t%s\t%s\t%s%n",
                    entry.source(), entry.sourceConstraintComponent(), entry.focusNode());
            }
        }
    }
}
